/** Why a service does not start, as a code and one sentence that says what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'

  constructor(
    readonly code:
      | 'keys_required'
      | 'node_too_old'
      | 'port_in_use'
      | 'address_unavailable'
      | 'tree_missing'
      | 'tree_invalid'
      | 'store_locked'
      | 'store_unusable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
