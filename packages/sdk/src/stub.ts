/** Stands in for the script until it has loaded: keeps every call with its time. */
globalThis.nsm ??= new Proxy([] as unknown[], {
  get: (calls, name) =>
    calls[name as keyof typeof calls] ?? ((...args: unknown[]) => calls.push([name, args, Date.now()])),
})

export {}
