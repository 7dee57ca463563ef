/**
 * The table that becomes another one: deployed anew and empty, restored to an earlier time, or another deployment's.
 * DynamoDB restores into a new table, and so does a deployment that leaves the old one behind: what differs from before
 * is what the table holds, and what it says of itself.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_HowItWorks.html
 */
import { DeleteItemCommand, PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import type { NodeConfig } from '../../domain/config/node-config';
import type { Sandbox } from '../../local/sandbox';
import { isAlive } from './world-facts';
import type { Facts } from './known-facts';
import type { TableTrouble } from '../scenario/scenario';
import type { TableMirror } from './table-mirror';

type Item = Record<string, AttributeValue>;

const IDENTITY_KEY = 'IDENTITY';

export class LostTable {
  /** By the time for which they were taken. */
  private readonly snapshots = new Map<number, readonly Item[]>();
  /** By node, as people have them in their own files. */
  private readonly documents = new Map<string, NodeConfig>();

  constructor(
    private readonly sandbox: () => Sandbox,
    private readonly mirror: TableMirror,
    private readonly facts: Facts,
  ) {}

  /** Whether the records are not to be relied on, because nobody has recovered from the loss. */
  get isLost(): boolean {
    return this.facts.inDoubtSinceMs !== undefined;
  }

  /** What a backup of this moment holds. @param atSeconds when the table is to be restored to it */
  async back(atSeconds: number): Promise<void> {
    this.snapshots.set(atSeconds, await this.items());
  }

  async lose(trouble: TableTrouble & { readonly atSeconds: number }): Promise<void> {
    for (const { id, config } of this.mirror.nodes.values()) this.documents.set(id, config);
    const before = await this.items();
    const after = this.itemsAfter(trouble, before);
    const { dynamodb, tableNames } = this.sandbox().plane;
    const TableName = tableNames[0];
    // In one moment, as far as the functions can see: they meet one table or the other.
    await Promise.all(
      before.map(({ pk, sk }) => dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk, sk } as Item }))),
    );
    await Promise.all(after.map((Item) => dynamodb.send(new PutItemCommand({ TableName, Item }))));
    this.noteWhatIsThere();
    this.facts.tableLost(this.mirror.nodes, trouble.how === 'rolled-back', this.sandbox().clock.now());
    this.mirror.reload(after);
    this.facts.history.begin(this.mirror.nodes.values());
    for (const { id, operation } of this.mirror.nodes.values()) {
      if (operation !== undefined) this.facts.underWayWhenLost.set(id, operation.generation);
    }
  }

  /** What a person says of the nodes of which EC2 does not show enough. */
  configurations(nodeIds: readonly string[]): Readonly<Record<string, NodeConfig>> {
    const known = nodeIds.map((id) => [id, this.documents.get(id)] as const);
    return Object.fromEntries(known.filter((entry): entry is readonly [string, NodeConfig] => entry[1] !== undefined));
  }

  /** The records are those of what is there again. */
  recovered(): void {
    this.facts.inDoubtSinceMs = undefined;
    this.facts.tableChangedMs = this.sandbox().clock.now();
  }

  private itemsAfter(trouble: TableTrouble & { readonly atSeconds: number }, now: readonly Item[]): readonly Item[] {
    switch (trouble.how) {
      case 'emptied':
        return [];
      case 'foreign':
        return now.map((item) => (isIdentity(item) ? { ...item, deployment: { S: 'Another' } } : item));
      case 'rolled-back':
        return (this.snapshots.get(trouble.atSeconds) ?? []).map((item) =>
          isIdentity(item) ? { ...item, tableName: { S: 'the-one-before' } } : item,
        );
    }
  }

  private noteWhatIsThere(): void {
    const { instances, networkInterfaces } = this.sandbox().ec2.world;
    for (const instance of instances.values()) if (isAlive(instance)) this.facts.lost.add(instance.id);
    for (const { id, attachment } of networkInterfaces.values()) {
      // One that ends with its instance is no node's.
      if (attachment?.deleteOnTermination !== true) this.facts.lost.add(id);
    }
  }

  private async items(): Promise<readonly Item[]> {
    const { dynamodb, tableNames } = this.sandbox().plane;
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: tableNames[0] }));
    return Items;
  }
}

function isIdentity({ sk }: Item): boolean {
  return sk?.S === IDENTITY_KEY;
}
