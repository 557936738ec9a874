// The first of two copies of the script, which the second one's global hides.
window.first = window.nsm
window.first.init({ writeKey: 'wk_test', endpoint: new URLSearchParams(location.search).get('collector') })
