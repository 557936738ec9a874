/** The document, where there is one: a server has none, a worker neither. */
export const page = () => globalThis.document as (Document & { prerendering?: boolean }) | undefined
