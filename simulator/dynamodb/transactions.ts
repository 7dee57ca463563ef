/**
 * TransactWriteItems, which dynalite lacks, made of single writes. The caller must keep every other call out meanwhile.
 * If one write is refused, those before it are undone.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
import type { Item, Perform, Response } from './calls';

const MOST_ITEMS = 100;
/** How long DynamoDB knows the token of a transaction, in milliseconds. */
const TOKEN_KEPT_MS = 10 * 60_000;

interface Write {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** A condition check is a deletion that is always undone. */
const OPERATION_OF = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
} as const;
type Kind = keyof typeof OPERATION_OF;

interface Input {
  readonly TransactItems?: readonly Readonly<Partial<Record<Kind, Write>>>[];
  readonly ClientRequestToken?: string;
}

interface Part {
  readonly kind: Kind;
  readonly write: Write;
  readonly key: Item;
  /** The item before the transaction. */
  readonly before: Item | undefined;
}

const DONE: Response = { statusCode: 200, body: {} };

export class Transactions {
  private readonly tokens = new Map<string, { readonly input: string; readonly atMs: number }>();

  /**
   * @param perform makes one call
   * @param keyOf returns the key of an item, in the table of that name
   * @param now milliseconds since the epoch
   */
  constructor(
    private readonly perform: Perform,
    private readonly keyOf: (tableName: string, item: Item) => Promise<Item>,
    private readonly now: () => number,
  ) {}

  async write({ TransactItems = [], ClientRequestToken }: Input): Promise<Response> {
    const input = JSON.stringify(TransactItems);
    const known = ClientRequestToken === undefined ? undefined : this.tokens.get(ClientRequestToken);
    if (known !== undefined && this.now() - known.atMs < TOKEN_KEPT_MS) {
      return known.input === input ? DONE : refusal('IdempotentParameterMismatchException', 'The token was used');
    }
    if (TransactItems.length === 0 || TransactItems.length > MOST_ITEMS) {
      return invalid(`A transaction has 1 to ${MOST_ITEMS} items, not ${TransactItems.length}`);
    }
    const parts: Part[] = [];
    for (const each of TransactItems) parts.push(await this.partOf(each));
    const names = new Set(parts.map(({ write, key }) => JSON.stringify([write.TableName, key])));
    if (names.size < parts.length) return invalid('Transaction request cannot include multiple operations on one item');
    const response = await this.writeAll(parts);
    if (response === DONE && ClientRequestToken !== undefined) {
      this.tokens.set(ClientRequestToken, { input, atMs: this.now() });
    }
    return response;
  }

  private async partOf(each: Readonly<Partial<Record<Kind, Write>>>): Promise<Part> {
    const [[kind, write] = []] = Object.entries(each) as [Kind, Write][];
    if (kind === undefined || write === undefined) throw new RangeError('An item of a transaction names no operation');
    const key = await this.keyOf(write.TableName, write.Key ?? write.Item ?? {});
    const { body } = await this.perform('GetItem', { TableName: write.TableName, Key: key, ConsistentRead: true });
    return { kind, write, key, before: (body as { readonly Item?: Item }).Item };
  }

  private async writeAll(parts: readonly Part[]): Promise<Response> {
    const reasons: object[] = [];
    for (const part of parts) {
      const response = await this.perform(OPERATION_OF[part.kind], part.write);
      if (response.statusCode === 200) reasons.push({ Code: 'None' });
      else if (isConditionFailure(response)) reasons.push(reasonOf(part));
      else return this.undone(parts, response);
    }
    const isCancelled = reasons.some((reason) => !('Code' in reason) || reason.Code !== 'None');
    if (isCancelled) return this.undone(parts, cancelled(reasons));
    await this.undo(parts.filter(({ kind }) => kind === 'ConditionCheck'));
    return DONE;
  }

  private async undone(parts: readonly Part[], response: Response): Promise<Response> {
    await this.undo(parts);
    return response;
  }

  private async undo(parts: readonly Part[]): Promise<void> {
    for (const { write, key, before } of parts) {
      const { TableName } = write;
      if (before === undefined) await this.perform('DeleteItem', { TableName, Key: key });
      else await this.perform('PutItem', { TableName, Item: before });
    }
  }
}

export function isConditionFailure({ statusCode, body }: Response): boolean {
  return statusCode === 400 && (body as { __type: string }).__type.endsWith('#ConditionalCheckFailedException');
}

function reasonOf({ write, before }: Part): object {
  const wantsItem = write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
  const Message = 'The conditional request failed';
  return { Code: 'ConditionalCheckFailed', Message, ...(wantsItem && { Item: before }) };
}

function cancelled(CancellationReasons: readonly object[]): Response {
  const response = refusal('TransactionCanceledException', 'Transaction cancelled, please refer cancellation reasons');
  return { ...response, body: { ...(response.body as object), CancellationReasons } };
}

function invalid(message: string): Response {
  return refusal('ValidationException', message);
}

function refusal(name: string, message: string): Response {
  return { statusCode: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message } };
}
