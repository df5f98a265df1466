/** Somebody else listens there. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(host: string, port: number, options?: ErrorOptions) {
    super(
      `port ${port} on ${host} is taken: stop what listens there, or choose another with --port`,
      options,
    );
  }
}
