/** A copy of the table's items, updated at every write of every function. */
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type GetItemCommandOutput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { LogEntry } from '../../domain/node/node-log';
import type { Operation, StatefulNode } from '../../domain/node/stateful-node';
import { logRecord } from '../../domain/records/log-record';
import { nodeRecord } from '../../domain/records/node-record';
import { pacerRecord } from '../../domain/records/pacer-record';
import { readRecord } from '../../domain/records/stored-record';
import { FORMER_PARTITION } from '../../domain/records/node-keys';
import type { Turns } from '../../domain/throttling/turns';
import type { Invocation } from './invocation';

const LAUNCH_TURNS_KEY = 'PACER#RunInstances';

/** One write of a node record. `after` is undefined if the record was removed. */
export interface RecordWrite {
  readonly nodeId: string;
  readonly before: StatefulNode | undefined;
  readonly after: StatefulNode | undefined;
  readonly by: Invocation;
}

export interface TableWatcher {
  readonly wrote: (write: RecordWrite) => void;
  /** @param nodeId whose launch took a turn; undefined if the turns only became slower or faster */
  readonly turnsMoved: (turns: Turns, nodeId: string | undefined) => void;
}

export class TableMirror {
  readonly nodes = new Map<string, StatefulNode>();
  /** By address, the node that holds its claim. */
  readonly claims = new Map<string, string>();
  /** The records of operations, by node, start and kind: see `nameOfOperation`. */
  readonly history = new Set<string>();
  /** By node, in the order in which the entries were written. */
  readonly logs = new Map<string, LogEntry[]>();

  constructor(private readonly watcher: TableWatcher) {}

  /** Records a successful call. */
  performed(command: object, output: object, by: Invocation): void {
    if (command instanceof PutItemCommand) this.put(unmarshall(command.input.Item ?? {}), by);
    if (command instanceof DeleteItemCommand) this.delete(unmarshall(command.input.Key ?? {}), by);
    if (command instanceof TransactWriteItemsCommand) this.transacted(command, by);
    if (command instanceof UpdateItemCommand && command.input.Key?.pk?.S === LAUNCH_TURNS_KEY) {
      this.turnsMoved(command, output as UpdateItemCommandOutput, by);
    }
    if (command instanceof GetItemCommand && isOfNode(command.input.Key?.pk?.S)) {
      const { Item } = output as GetItemCommandOutput;
      by.ownerSeen = Item && generationIn(Item);
    }
  }

  /** Replaces the copy by the items of a new table. This counts as no function's write. */
  reload(items: readonly Record<string, AttributeValue>[]): void {
    this.nodes.clear();
    this.claims.clear();
    for (const item of items) {
      const found = unmarshall(item);
      if (found.pk === 'CLAIM') this.claims.set(String(found.sk), String(found.nodeId));
      if (isOfNode(found.pk)) this.nodes.set(String(found.sk), nodeIn(found));
    }
  }

  private turnsMoved(
    { input }: UpdateItemCommand,
    { Attributes = {} }: UpdateItemCommandOutput,
    { nodeId }: Invocation,
  ): void {
    const turns = readRecord(pacerRecord, LAUNCH_TURNS_KEY, unmarshall(Attributes));
    // A change of the interval replaces all attributes.
    const isReplaced = input.ExpressionAttributeValues?.[':to_issued'] !== undefined;
    this.watcher.turnsMoved(turns, isReplaced ? undefined : nodeId);
  }

  /** A record that is put and deleted in the same transaction is moved, and stays as it is. */
  private transacted({ input: { TransactItems = [] } }: TransactWriteItemsCommand, by: Invocation): void {
    const moved = TransactItems.map(({ Delete }) => Delete?.Key?.sk?.S);
    for (const { Put } of TransactItems) {
      if (Put?.Item !== undefined && !moved.includes(Put.Item.sk?.S)) this.put(unmarshall(Put.Item), by);
    }
  }

  private put(item: Record<string, unknown>, by: Invocation): void {
    const { pk, sk } = item;
    const key = String(sk);
    if (pk === 'CLAIM') this.claims.set(key, String(item.nodeId));
    if (isOfNode(pk)) this.wrote(key, nodeIn(item), by);
    if (String(pk).startsWith('OPERATION#')) this.history.add(`${String(pk).slice('OPERATION#'.length)} ${key}`);
    if (!String(pk).startsWith('LOG#')) return;
    const nodeId = String(pk).slice('LOG#'.length);
    const entries = this.logs.get(nodeId) ?? [];
    entries.push(readRecord(logRecord, `${nodeId} ${key}`, item));
    this.logs.set(nodeId, entries);
  }

  private delete({ pk, sk }: Record<string, unknown>, by: Invocation): void {
    const key = String(sk);
    if (pk === 'CLAIM') this.claims.delete(key);
    if (isOfNode(pk)) this.wrote(key, undefined, by);
  }

  private wrote(nodeId: string, after: StatefulNode | undefined, by: Invocation): void {
    const before = this.nodes.get(nodeId);
    if (after === undefined) this.nodes.delete(nodeId);
    else this.nodes.set(nodeId, after);
    by.ownerSeen = after?.operation?.generation;
    this.watcher.wrote({ nodeId, before, after, by });
  }
}

/** The same for every execution that has had the operation. */
export function nameOfOperation(nodeId: string, { startedAt, kind }: Pick<Operation, 'startedAt' | 'kind'>): string {
  return `${nodeId} ${startedAt}#${kind}`;
}

/** Whether it is one of the partitions of node records. */
function isOfNode(pk: unknown): boolean {
  return typeof pk === 'string' && (pk === FORMER_PARTITION || pk.startsWith(`${FORMER_PARTITION}#`));
}

/** Parses the item as a function would. An unreadable item is a bug of the function that wrote it. */
function nodeIn(item: Record<string, unknown>): StatefulNode {
  return readRecord(nodeRecord, String(item.sk), item);
}

/** The whole item is parsed by the function that reads it, and by the mirror when it is written. */
function generationIn({ operation }: Record<string, AttributeValue>): number | undefined {
  const generation = operation?.M?.generation?.N;
  return generation === undefined ? undefined : Number(generation);
}
