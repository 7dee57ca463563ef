/**
 * DynamoDB in this process, on dynalite's engine instead of the network.
 *
 * There is no port and no HTTP. Each request passes dynalite's own validation and actions, as in dynalite's server. That
 * halves the time of a call, and the store can be closed without a server. Requests are neither signed nor retried, because
 * no call fails by chance.
 */
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { createRequire } from 'node:module';
import { create, type DatabaseChange, type Store, type TableCallback } from 'dynalite/db';
import { checkTypes, checkValidations } from 'dynalite/validations';
import type { Clock } from '../time/clock';
import type { TableDefinition } from '../cloudformation/template';
import type { Item, Perform, Response } from './calls';
import { rememberConditions, type ConditionParser } from './parsed-conditions';
import { isConditionFailure, Transactions } from './transactions';
import { Turns } from './turns';

export interface LocalDynamoDb {
  readonly client: Pick<DynamoDBClient, 'send'>;
  close(): Promise<void>;
}

/** The stored form of the tables, for a caller that keeps them from one process to the next. */
export interface KeptTables {
  /** What an earlier process wrote. */
  readonly entries: Iterable<readonly [key: string, value: unknown]>;
  /** Is told every change before the call that made it gets its response. Undefined: the key was deleted. */
  readonly onWrite: (key: string, value: unknown) => void;
}

export interface DynamoDbOptions {
  /** @default - the tables begin empty, and end with the process */
  readonly kept?: KeptTables | undefined;
  /** Whether each call passes the SDK's own client, whose serialisation takes longer than the database. @default false */
  readonly serialises?: boolean;
  /** Is told the read units of every read. */
  readonly onRead?: ((units: number) => void) | undefined;
}

/** If dynalite refuses a request, its error carries the response. An error without one is a bug. */
type Refusal = Error & Partial<Response>;
type Callback = (error: Refusal | null | undefined, data: unknown) => void;

interface Operation {
  readonly types: unknown;
  readonly custom: unknown;
  readonly run: (store: Store, data: unknown, callback: Callback) => void;
}

/** The operations that the project may use, beside transactions, which dynalite does not have. */
const OPERATIONS = ['CreateTable', 'DescribeTable', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'];

const dynaliteRequire = createRequire(__filename);
rememberConditions(dynaliteRequire('dynalite/db/conditionParser') as ConditionParser);

/** By name. They are looked up once, because each run of the fault simulation opens a database. */
const LOADED: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map((name) => [name, loadOperation(name)]));

/**
 * Opens the database, in memory. Times to live are not simulated: no item is deleted. Virtual time does not move during
 * a call.
 */
export async function openDynamoDb(
  clock: Clock,
  tables: readonly TableDefinition[],
  { kept, serialises = false, onRead }: DynamoDbOptions = {},
): Promise<LocalDynamoDb> {
  const store = create({ createTableMs: 0 });
  await store.db.open();
  const notices = new Notices(kept?.onWrite);
  if (kept !== undefined) await keep(store, kept, notices);
  rememberTables(store);
  const perform: Perform = metered((operation, input) => respond(store, operation, input), onRead);
  const turns = new Turns();
  const keyOf = (name: string, item: Item): Promise<Item> => keyIn(store, name, item);
  const transactions = new Transactions(perform, keyOf, () => clock.now());
  const handle: Perform = (operation, input) =>
    operation === 'TransactWriteItems'
      ? turns.byItself(() => notices.together(() => transactions.write(input as object)))
      : turns.beside(() => perform(operation, input));
  const client = serialises ? makeClient(handle) : makeDirectClient(handle);
  const send = client.send.bind(client) as (...command: readonly unknown[]) => Promise<unknown>;
  for (const table of tables) await clock.during(ensureTable(client, table));
  return {
    client: { send: (...command: readonly unknown[]) => clock.during(send(...command)) } as unknown as DynamoDBClient,
    close: async () => {
      client.destroy();
      await store.db.close();
    },
  };
}

/** DynamoDB bills at least this for a read: half of it unless it is consistent. */
const LEAST_UNITS = 1;

function metered(perform: Perform, onRead: ((units: number) => void) | undefined): Perform {
  if (onRead === undefined) return perform;
  return async (operation, input) => {
    if (operation !== 'GetItem' && operation !== 'Query') return perform(operation, input);
    const request = { ...(input as { readonly ConsistentRead?: boolean }), ReturnConsumedCapacity: 'TOTAL' };
    const { statusCode, body } = await perform(operation, request);
    const { ConsumedCapacity, ...rest } = body as { readonly ConsumedCapacity?: { readonly CapacityUnits: number } };
    if (statusCode === 200) {
      const least = request.ConsistentRead === true ? LEAST_UNITS : LEAST_UNITS / 2;
      onRead(Math.max(least, ConsumedCapacity?.CapacityUnits ?? 0));
    }
    return { statusCode, body: rest };
  };
}

/** dynalite reads and decodes the table's description for each call. No operation here changes an active table. */
function rememberTables(store: Store): void {
  const active = new Map<string, { readonly TableStatus: string }>();
  const getTable = store.getTable.bind(store);
  store.getTable = (name, ...more) => {
    const callback = more.length === 1 ? more[0] : more[1];
    const known = active.get(name);
    if (known !== undefined) {
      queueMicrotask(() => callback(null, known));
      return;
    }
    const remember: TableCallback = (error, table) => {
      if (table?.TableStatus === 'ACTIVE') active.set(name, table);
      callback(error, table);
    };
    if (more.length === 1) getTable(name, remember);
    else getTable(name, more[0], remember);
  };
}

async function keep({ db }: Store, { entries }: KeptTables, notices: Notices): Promise<void> {
  await db.batch(Array.from(entries, ([key, value]) => ({ type: 'put' as const, key, value })));
  db.on('write', (changes) => notices.add(changes));
}

/** Passes changes on: those of a transaction together, so that the keeper never has a part of it. */
class Notices {
  private held: DatabaseChange[] | undefined;

  constructor(private readonly onWrite: KeptTables['onWrite'] = () => undefined) {}

  add(changes: readonly DatabaseChange[]): void {
    if (this.held !== undefined) this.held.push(...changes);
    else for (const change of changes) this.onWrite(change.key, change.type === 'put' ? change.value : undefined);
  }

  async together<T>(write: () => Promise<T>): Promise<T> {
    this.held = [];
    try {
      return await write();
    } finally {
      const { held } = this;
      this.held = undefined;
      this.add(held);
    }
  }
}

type Client = Pick<DynamoDBClient, 'send' | 'destroy'>;

/** Passes commands in the SDK's own shapes. Except for binary values, the wire has the same shapes. */
function makeDirectClient(handle: Perform): Client {
  const send = async (command: { readonly input: object }): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const { statusCode, body } = await handle(operation, command.input);
    const $metadata = { httpStatusCode: statusCode };
    if (statusCode === 200) return { $metadata, ...(body as object) };
    const { __type, message = '', ...more } = body as { readonly __type: string; readonly message?: string };
    const name = __type.split('#').at(-1) ?? '';
    if (name === 'ConditionalCheckFailedException') {
      throw new ConditionalCheckFailedException({ message, $metadata, ...more });
    }
    if (name === 'TransactionCanceledException') {
      throw new TransactionCanceledException({ message, $metadata, ...more });
    }
    throw new DynamoDBServiceException({ name, message, $fault: statusCode < 500 ? 'client' : 'server', $metadata });
  };
  return { send, destroy: () => undefined };
}

function makeClient(handle: Perform): Client {
  return new DynamoDBClient({
    region: 'local',
    endpoint: 'http://dynamodb.invalid',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    signer: { sign: (request) => Promise.resolve(request) },
    requestHandler: {
      handle: async (request: { headers: Record<string, string>; body: string | Uint8Array }) => {
        const [, operation = ''] = (request.headers['x-amz-target'] ?? '').split('.');
        const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
        const { statusCode, body } = await handle(operation, JSON.parse(text));
        const headers = { 'content-type': 'application/x-amz-json-1.0' };
        return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } };
      },
    },
  });
}

function loadOperation(name: string): Operation {
  const file = name.charAt(0).toLowerCase() + name.slice(1);
  const { types, custom } = dynaliteRequire(`dynalite/validations/${file}`) as Pick<Operation, 'types' | 'custom'>;
  return { types, custom, run: dynaliteRequire(`dynalite/actions/${file}`) as Operation['run'] };
}

async function respond(store: Store, name: string, input: unknown): Promise<Response> {
  const operation = LOADED.get(name);
  if (operation === undefined) {
    return { statusCode: 400, body: { __type: 'com.amazon.coral.service#UnknownOperationException' } };
  }
  // dynalite removes the fields that it does not know from its input. They are needed below, so it gets a copy.
  const result = await perform(store, operation, { ...(input as object) });
  return wantsItemOnFailure(input) && isConditionFailure(result) ? withExistingItem(store, input, result) : result;
}

function perform(store: Store, operation: Operation, input: unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Refusal): void => {
      const { statusCode, body } = error;
      if (statusCode === undefined) reject(error);
      else resolve({ statusCode, body });
    };
    try {
      const data = checkTypes(input, operation.types);
      checkValidations(data, operation.types, operation.custom, store);
      operation.run(store, data, (error, output) =>
        error ? refuse(error) : resolve({ statusCode: 200, body: output }),
      );
    } catch (error) {
      refuse(error as Refusal);
    }
  });
}

type WriteInput = {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: string;
};

function wantsItemOnFailure(input: unknown): input is WriteInput {
  return (input as WriteInput).ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
}

/** dynalite does not support `ReturnValuesOnConditionCheckFailure`, so the item is read here. */
async function withExistingItem(store: Store, input: WriteInput, failure: Response): Promise<Response> {
  const { TableName } = input;
  const Key = await keyIn(store, TableName, input.Key ?? input.Item ?? {});
  const read = await respond(store, 'GetItem', { TableName, Key, ConsistentRead: true });
  const { Item } = read.body as { Item?: Item };
  return Item === undefined ? failure : { ...failure, body: { ...(failure.body as object), Item } };
}

/** The key of an item, among its attributes. */
async function keyIn(store: Store, TableName: string, item: Item): Promise<Item> {
  const described = await respond(store, 'DescribeTable', { TableName });
  const { KeySchema } = (described.body as { Table: { KeySchema: { AttributeName: string }[] } }).Table;
  return Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]));
}

async function ensureTable(client: Client, table: TableDefinition): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: table.name,
        KeySchema: table.keySchema,
        AttributeDefinitions: table.attributeDefinitions,
        BillingMode: 'PAY_PER_REQUEST',
        ...(table.indexes !== undefined && { GlobalSecondaryIndexes: table.indexes }),
      }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ResourceInUseException') throw error;
  }
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
