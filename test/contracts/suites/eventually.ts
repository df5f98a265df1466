const POLL_MS = 50;

/**
 * Reads again until the assertion holds: what a port promises "eventually" (an index, a delivery) is asked for until
 * it is there. After `timeoutMs` the assertion's own failure is thrown.
 */
export async function eventually<T>(
  read: () => Promise<T>,
  assert: (value: T) => void,
  timeoutMs = 40_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    try {
      assert(value);
      return;
    } catch (failure) {
      if (Date.now() >= deadline) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
