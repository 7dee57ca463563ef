import { WriteLimits } from '../../../simulator/dynamodb/write-limits';

const key = (sk: string, pk = 'NODE') => ({ Key: { pk: { S: pk }, sk: { S: sk } } });

/** How many of the writes are admitted at once. */
function admitted(limits: WriteLimits, writes: readonly object[], operation = 'PutItem'): number {
  return writes.filter((write) => {
    try {
      limits.admit(operation, write);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ name: 'ThrottlingException', $fault: 'client' });
      return false;
    }
  }).length;
}

describe('DynamoDB’s limits for writes', () => {
  it('are a thousand units a second for a partition, whatever its items', () => {
    const limits = new WriteLimits(() => 0);
    const writes = Array.from({ length: 1_200 }, (_, index) => key(String(index)));

    expect(admitted(limits, writes)).toBe(1_000);
    expect(admitted(limits, [key('0', 'LOG')])).toBe(1);
  });

  it('come back with time', () => {
    let now = 0;
    const limits = new WriteLimits(() => now);
    const writes = Array.from({ length: 1_000 }, () => key('a'));
    admitted(limits, writes);
    now = 250;

    expect(admitted(limits, writes)).toBe(250);
  });

  it('count a unit for each KB of an item', () => {
    const limits = new WriteLimits(() => 0);
    const item = { Item: { pk: { S: 'NODE' }, sk: { S: 'a' }, text: { S: 'x'.repeat(4_000) } } };

    expect(
      admitted(
        limits,
        Array.from({ length: 300 }, () => item),
      ),
    ).toBe(250);
  });

  it('leave reads alone', () => {
    const limits = new WriteLimits(() => 0);
    const items = Array.from({ length: 1_200 }, () => key('a'));

    expect(admitted(limits, items, 'GetItem')).toBe(1_200);
    expect(admitted(limits, items, 'UpdateItem')).toBe(1_000);
  });

  it('count each write of a transaction twice', () => {
    const limits = new WriteLimits(() => 0);
    const transaction = { TransactItems: [{ Put: { Item: key('a').Key } }, { Delete: key('b', 'CLAIM') }] };
    const writes = Array.from({ length: 600 }, () => transaction);

    expect(admitted(limits, writes, 'TransactWriteItems')).toBe(500);
  });
});
