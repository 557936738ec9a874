type Marked = HTMLElement | SVGElement

const PROPERTY = 'data-nsm-prop-'

/** What `data-nsm-on` says, or else what comes naturally to the element. */
const trigger = ({ dataset, tagName }: Marked) => dataset['nsmOn'] ?? (tagName === 'FORM' ? 'submit' : 'click')

const properties = ({ attributes }: Marked) =>
  Object.fromEntries(
    [...attributes]
      .filter(({ name }) => name.startsWith(PROPERTY))
      .map(({ name, value }) => [name.slice(PROPERTY.length), String(+value) === value ? +value : value]),
  )

/**
 * Tracks what the page's HTML says:
 *
 * ```html
 * <button data-nsm-track="value_moment" data-nsm-prop-plan="pro">Ask</button>
 * <form data-nsm-track="note_saved">…</form>
 * <section data-nsm-track="pricing_seen" data-nsm-on="visible">…</section>
 * ```
 *
 * `data-nsm-on` is `click`, `submit` (the default of a form) or `visible` (once for each element). A property that
 * reads as a number is a number.
 */
export function auto(track: (event: string, properties: Record<string, unknown>) => void): void {
  const tell = (element: Marked) => track(element.dataset['nsmTrack'] as string, properties(element))

  // Capturing, so that a page that stops the event is still heard; the path leads through open shadow roots.
  for (const type of ['click', 'submit']) {
    document.addEventListener(
      type,
      (event) => {
        const marked = (event.composedPath() as Marked[]).find(
          (node) => node.dataset?.['nsmTrack'] && trigger(node) === type,
        )
        if (marked) tell(marked)
      },
      true,
    )
  }

  const seen = new WeakSet<Element>()
  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        sight.unobserve(target)
        tell(target as Marked)
      }
    }
  })
  const look = () => {
    for (const element of document.querySelectorAll('[data-nsm-on=visible]')) {
      if (!seen.has(element)) sight.observe(element)
      seen.add(element)
    }
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
  look()
}
