type Marked = HTMLElement | SVGElement

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
  const tell = (element: Marked) => {
    const properties: Record<string, unknown> = {}
    for (const { name, value } of element.attributes) {
      const property = name.split('data-nsm-prop-')[1]
      if (property) properties[property] = `${+value}` === value ? +value : value
    }
    track(element.dataset['nsmTrack'] as string, properties)
  }

  // Capturing, so that a page that stops the event is still heard; the path leads through open shadow roots.
  for (const type of ['click', 'submit']) {
    document.addEventListener(
      type,
      (event) => {
        const marked = (event.composedPath() as Marked[]).find(
          ({ dataset, tagName }) =>
            dataset?.['nsmTrack'] && (dataset['nsmOn'] ?? (tagName === 'FORM' ? 'submit' : 'click')) === type,
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
      if (!seen.has(element)) {
        seen.add(element)
        sight.observe(element)
      }
    }
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
  look()
}
