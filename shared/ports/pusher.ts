/** The way back to a WebSocket client. */
export interface Pusher {
  /** `gone`: the client has left and its connection should be forgotten. At most 128 KB. @throws LimitExceeded */
  push(connectionId: string, message: string): Promise<'delivered' | 'gone'>;
}

export const MAX_SOCKET_MESSAGE_BYTES = 128 * 1024;
