// Shows the next page once it has been prerendered and has tracked.
fetch('/when-tracked').then(() => {
  location.href = `/next${location.search}`
})
