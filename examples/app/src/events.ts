// The events of this product. `nsm types` writes this file from its tree, so a misspelled name does not compile.
declare module '@nsm/sdk' {
  interface Events {
    value_moment: { minutes: number; plan: 'free' | 'pro' }
    session_given_up: { minutes: number }
  }
}

export {}
