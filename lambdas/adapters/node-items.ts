/** Node records as items of the table, with what is derived from them for the index. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StatefulNode } from '../../domain/node/stateful-node';
import { listedNode } from '../../domain/operation/listed-node';
import { listedText } from '../../domain/records/listed-record';
import { atRestText } from '../../domain/records/at-rest-record';
import { atRestOf } from '../../domain/reconciliation/at-rest';
import { nodeRecord } from '../../domain/records/node-record';
import { FORMER_PARTITION, shardOf, type ItemKey } from '../../domain/records/node-keys';
import { stored } from '../../domain/records/stored-record';

export type TableItem = Record<string, AttributeValue>;
/**
 * The item to write. Only an item under its present key has the attributes of the index: an earlier version would copy
 * them from one record of the node to the next.
 */
export function itemOf(node: StatefulNode, key: ItemKey): TableItem {
  const derived = key.pk === FORMER_PARTITION ? {} : indexed(node);
  return marshall({ ...key, ...stored(nodeRecord, node), ...derived }, { removeUndefinedValues: true });
}

/** The attributes of the indexes. DynamoDB writes an index only if one of its attributes has changed. */
export function indexed(node: StatefulNode): Indexed {
  const atRest = atRestOf(node);
  return {
    shard: shardOf(node.id),
    ...(atRest !== undefined && { atRest: atRestText(atRest) }),
    listed: listedText(listedNode(node)),
  };
}

interface Indexed {
  readonly shard: string;
  readonly atRest?: string;
  readonly listed: string;
}
