// Shows the next page, which was prerendered, when the test says so.
fetch('/when-to-show').then(() => {
  location.href = `/next${location.search}`
})
