/** Calls in DynamoDB's own JSON. */

export type Item = Readonly<Record<string, unknown>>;

export interface Response {
  readonly statusCode: number;
  readonly body: unknown;
}

export type Perform = (operation: string, input: unknown) => Promise<Response>;
