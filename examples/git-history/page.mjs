import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'

// npx nsm report --json … | node page.mjs > history.html
// One file with the report and the card inside: it opens from a disk, a mail or a web server alike, and asks nobody.
const report = await text(process.stdin)
const script = await readFile(new URL('../../packages/card/dist/nsm-card.js', import.meta.url), 'utf8')
const { northStar, metrics } = JSON.parse(report)
const shown = [...northStar, ...Object.keys(metrics).filter((id) => metrics[id].contributions.length > 0)]

// `<` is the one character that could end the data early.
const data = report.replaceAll('<', '\\u003c')
const cards = [...new Set(shown)].map(
  (id) => `<nsm-card metric="${id}"><script type="application/json">${data}</script></nsm-card>`,
)
process.stdout.write(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Who changes this repository?</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
  nsm-card { display: block; margin: 1.5rem 0; }
</style>
<h1>Who changes this repository?</h1>
${cards.join('\n')}
<script type="module">${script}</script>
</html>
`)
