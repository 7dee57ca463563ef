/**
 * Replaces the table: by an empty one, by one restored to an earlier time, or by another deployment's. DynamoDB
 * restores into a new table, and a deployment may also create a new one. The functions then see different items, and a
 * different identity of the table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_HowItWorks.html
 */
import { DeleteItemCommand, PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import type { NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Sandbox } from '../../local/sandbox';
import { isAlive, nodeTag } from '../facts/world-facts';
import type { Facts } from '../facts/known-facts';
import type { TableFault } from '../scenario/scenario';
import type { TableMirror } from '../facts/table-mirror';

type Item = Record<string, AttributeValue>;

const IDENTITY_KEY = 'IDENTITY';

export class LostTable {
  /** By the time at which the table will be restored, in seconds of the scenario. */
  private readonly snapshots = new Map<number, readonly Item[]>();
  /** By node, the documents that its users keep. */
  private readonly documents = new Map<string, NodeConfig>();

  constructor(
    private readonly sandbox: () => Sandbox,
    private readonly mirror: TableMirror,
    private readonly facts: Facts,
  ) {}

  /** Whether the table was lost and the records are not rebuilt yet. */
  get isLost(): boolean {
    return this.facts.inDoubtSinceMs !== undefined;
  }

  /** Takes a backup. @param atSeconds when the table will be restored from it */
  async takeSnapshot(atSeconds: number): Promise<void> {
    this.snapshots.set(atSeconds, await this.items());
  }

  async lose(fault: TableFault & { readonly atSeconds: number }): Promise<void> {
    for (const { id, config } of this.mirror.nodes.values()) this.documents.set(id, config);
    const before = await this.items();
    const after = this.itemsAfter(fault, before);
    const { dynamodb, tableNames } = this.sandbox().plane;
    const TableName = tableNames[0];
    // All writes happen at one virtual time, so the functions see either the old table or the new one.
    await Promise.all(
      before.map(({ pk, sk }) => dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk, sk } as Item }))),
    );
    await Promise.all(after.map((Item) => dynamodb.send(new PutItemCommand({ TableName, Item }))));
    this.noteExisting();
    this.facts.tableLost(this.mirror.nodes, fault.how === 'rolled-back', this.sandbox().clock.now());
    this.mirror.reload(after);
    this.facts.history.restart(this.mirror.nodes.values());
    this.noteForgottenElasticIps();
    for (const { id, operation } of this.mirror.nodes.values()) {
      if (operation !== undefined) this.facts.underWayWhenLost.set(id, operation.generation);
    }
  }

  /** The users' documents of these nodes. */
  configurations(nodeIds: readonly string[]): Readonly<Record<string, NodeConfig>> {
    const known = nodeIds.map((id) => [id, this.documents.get(id)] as const);
    return Object.fromEntries(known.filter((entry): entry is readonly [string, NodeConfig] => entry[1] !== undefined));
  }

  /** The records were rebuilt and are reliable again. */
  recovered(): void {
    this.facts.inDoubtSinceMs = undefined;
    this.facts.tableChangedMs = this.sandbox().clock.now();
  }

  private itemsAfter(fault: TableFault & { readonly atSeconds: number }, now: readonly Item[]): readonly Item[] {
    switch (fault.how) {
      case 'emptied':
        return [];
      case 'foreign':
        return now.map((item) => (isIdentity(item) ? { ...item, deployment: { S: 'Another' } } : item));
      case 'rolled-back':
        return (this.snapshots.get(fault.atSeconds) ?? []).map((item) =>
          isIdentity(item) ? { ...item, tableName: { S: 'the-one-before' } } : item,
        );
    }
  }

  private noteExisting(): void {
    const { instances, networkInterfaces } = this.sandbox().ec2.world;
    for (const instance of instances.values()) if (isAlive(instance)) this.facts.lost.add(instance.id);
    for (const { id, attachment } of networkInterfaces.values()) {
      // An interface that is deleted with its instance belongs to no node.
      if (attachment?.deleteOnTermination !== true) this.facts.lost.add(id);
    }
  }

  private noteForgottenElasticIps(): void {
    const { elasticIps, networkInterfaces } = this.sandbox().ec2.world;
    for (const { id, association } of elasticIps.values()) {
      const owner = nodeTag(networkInterfaces.get(association?.networkInterfaceId ?? ''));
      const node = this.mirror.nodes.get(owner ?? '');
      if (node !== undefined && !namesElasticIp(node, id)) this.facts.forgottenElasticIps.add(id);
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

function namesElasticIp({ config, identity, heldClaims }: StatefulNode, id: string): boolean {
  return [config.compute.elasticIp, identity.allocationId, ...heldClaims].includes(id);
}
