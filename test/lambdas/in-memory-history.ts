/** The records of operations in memory. */
import type { OperationRecord } from '../../domain/operation/operation-record';
import type { OperationHistory } from '../../lambdas/ports';

export class InMemoryHistory implements OperationHistory {
  /** By node, and by the start and kind of the operation. */
  readonly records = new Map<string, Map<string, OperationRecord>>();

  async write(nodeId: string, record: OperationRecord): Promise<void> {
    const ofNode = this.records.get(nodeId) ?? new Map<string, OperationRecord>();
    const stored: OperationRecord = JSON.parse(JSON.stringify(record));
    this.records.set(nodeId, ofNode.set(`${record.startedAt}#${record.kind}`, stored));
  }

  list: OperationHistory['list'] = async (nodeId, { since = '', until = '', kind, limit, nextToken = '~' }) => {
    const found = [...(this.records.get(nodeId) ?? [])]
      .filter(([place]) => place >= since && place <= `${until}~` && place < nextToken)
      .filter(([, record]) => kind === undefined || record.kind === kind)
      .sort(([one], [other]) => (one < other ? 1 : -1));
    return {
      records: found.slice(0, limit).map(([, record]) => record),
      nextToken: found.length > limit ? found[limit - 1]![0] : undefined,
    };
  };

  /** What operations of the node left, oldest first. */
  of(nodeId: string): readonly OperationRecord[] {
    return [...(this.records.get(nodeId) ?? [])]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, each]) => each);
  }
}
