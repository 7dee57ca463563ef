/**
 * DynamoDB's limit for writes: 1,000 write units a second for an item, and for a partition. A partition holds at least one
 * partition key, and here exactly one: DynamoDB splits a partition that stays hot, but not within a storm's seconds.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';

const UNITS_PER_SECOND = 1_000;
/** Bytes. */
const UNIT = 1_024;
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'];
/** A transaction prepares each write before it makes it. */
const TRANSACTION_FACTOR = 2;

/** The fields of a write that say what it writes, in DynamoDB's own JSON. */
interface Write {
  readonly Item?: object | undefined;
  readonly Key?: object | undefined;
}

interface Input extends Write {
  readonly TransactItems?: readonly Readonly<Record<string, Write>>[] | undefined;
}

interface Charge {
  readonly units: number;
  /** By key, what is left of the second. */
  readonly levels: readonly { units: number }[];
}

export class WriteLimits {
  private readonly levels = new Map<string, { units: number; atMs: number }>();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number) {}

  /**
   * A write whose condition fails takes its units too. Reads take none.
   * @param operation DynamoDB's name of it
   * @throws ThrottlingException
   */
  admit(operation: string, input: Input): void {
    const charges = this.chargesOf(operation, input);
    if (charges.some(({ units, levels }) => levels.some((level) => level.units < units))) {
      throw new DynamoDBServiceException({
        name: 'ThrottlingException',
        message: 'Throughput exceeds the current capacity of your table or index.',
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
    }
    for (const { units, levels } of charges) for (const level of levels) level.units -= units;
  }

  private chargesOf(operation: string, { TransactItems = [], ...write }: Input): readonly Charge[] {
    if (operation === 'TransactWriteItems') {
      const writes = TransactItems.flatMap((each) => Object.values(each));
      return writes.map((each) => this.chargeOf(each, TRANSACTION_FACTOR));
    }
    return WRITES.includes(operation) ? [this.chargeOf(write, 1)] : [];
  }

  private chargeOf({ Item, Key }: Write, factor: number): Charge {
    const { pk, sk } = (Item ?? Key) as Readonly<Record<'pk' | 'sk', { readonly S: string }>>;
    // An update's item is not in its request. All items that are updated are smaller than a unit.
    const units = (Item === undefined ? 1 : Math.ceil(JSON.stringify(Item).length / UNIT)) * factor;
    return { units, levels: [this.level(pk.S), this.level(`${pk.S}/${sk.S}`)] };
  }

  private level(key: string): { units: number; atMs: number } {
    const now = this.now();
    const level = this.levels.get(key) ?? { units: UNITS_PER_SECOND, atMs: now };
    level.units = Math.min(UNITS_PER_SECOND, level.units + ((now - level.atMs) / 1_000) * UNITS_PER_SECOND);
    level.atMs = now;
    this.levels.set(key, level);
    return level;
  }
}
