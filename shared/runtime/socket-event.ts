/** What the functions behind the WebSocket are given: the part of API Gateway's event that they read. */
export interface SocketEvent {
  readonly requestContext: {
    readonly connectionId: string;
    readonly routeKey: string;
  };
  /** On $connect only. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  /** On $default only. */
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** On $connect anything but 200 refuses the connection; elsewhere it is only recorded. */
export interface SocketResult {
  readonly statusCode: number;
  readonly body?: string;
}
