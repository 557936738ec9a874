// What the page and the loop cost by themselves.
export const init = () => {}
export const track = () => {}
