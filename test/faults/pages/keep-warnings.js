// Keeps what the tracker tells developers.
window.warnings = []
console.warn = (message) => window.warnings.push(message)
