/**
 * Request throttling: a token bucket for each account, Region and action. Each call takes a token. Some calls also take
 * one token per instance.
 * Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
import { ec2Error } from './ec2-error';

export interface BucketSize {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

const size = (capacity: number, refillPerSecond: number): BucketSize => ({ capacity, refillPerSecond });

const FILTERED_DESCRIBE = size(100, 20);
const UNFILTERED_DESCRIBE = size(50, 10);
export const OTHER_MUTATION = size(50, 5);

export const REQUESTS: Readonly<Record<string, BucketSize>> = {
  RunInstances: size(5, 2),
  StartInstances: size(5, 2),
  TerminateInstances: size(100, 5),
  CreateNetworkInterface: size(100, 5),
  DeleteNetworkInterface: size(100, 5),
  ModifyNetworkInterfaceAttribute: size(100, 5),
  CreateTags: size(100, 10),
  DeleteTags: size(100, 10),
};

const INSTANCES: Readonly<Record<string, BucketSize>> = {
  RunInstances: size(1000, 2),
  StartInstances: size(1000, 2),
  TerminateInstances: size(1000, 20),
};

/** The describe calls that have a smaller bucket if they have no filter, ids or page size. */
const SMALLER_WHEN_UNFILTERED = ['DescribeInstances', 'DescribeInstanceStatus', 'DescribeNetworkInterfaces'];
const NARROWING = /(Ids|Names|Types|PublicIps|Filters|MaxResults|NextToken)$/;

interface Bucket {
  tokens: number;
  filledAt: number;
}

export class Throttling {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param now milliseconds since the epoch
   * @param rateShare the share of each rate that is left: others in the account use the rest
   */
  constructor(
    private readonly now: () => number,
    private readonly rateShare = 1,
  ) {}

  /** @throws RequestLimitExceeded if a bucket that the call needs is empty. The call then takes no tokens. */
  admit(action: string, input: object): void {
    const demands = this.demands(action, input);
    for (const { bucket, tokens } of demands) {
      if (bucket.tokens < tokens) throw requestLimitExceeded();
    }
    for (const { bucket, tokens } of demands) bucket.tokens -= tokens;
  }

  /** An instant fleet launches an instance. @throws RequestLimitExceeded */
  admitFleetInstance(): void {
    const bucket = this.bucket('RunInstances, instances', INSTANCES['RunInstances']!);
    if (bucket.tokens < 1) throw requestLimitExceeded();
    bucket.tokens -= 1;
  }

  private demands(action: string, input: object): { readonly bucket: Bucket; readonly tokens: number }[] {
    const unfiltered = SMALLER_WHEN_UNFILTERED.includes(action) && !isNarrowed(input);
    const requests = this.bucket(unfiltered ? `${action}, unfiltered` : action, requestBucketSize(action, unfiltered));
    const instances = INSTANCES[action];
    if (instances === undefined) return [{ bucket: requests, tokens: 1 }];
    return [
      { bucket: requests, tokens: 1 },
      { bucket: this.bucket(`${action}, instances`, instances), tokens: instanceCount(input) },
    ];
  }

  private bucket(name: string, { capacity, refillPerSecond }: BucketSize): Bucket {
    const now = this.now();
    const bucket = this.buckets.get(name) ?? { tokens: capacity, filledAt: now };
    const refilled = ((now - bucket.filledAt) / 1000) * refillPerSecond * this.rateShare;
    bucket.tokens = Math.min(capacity, bucket.tokens + refilled);
    bucket.filledAt = now;
    this.buckets.set(name, bucket);
    return bucket;
  }
}

export function requestLimitExceeded(): Error {
  return ec2Error('RequestLimitExceeded', 'Request limit exceeded.');
}

function requestBucketSize(action: string, unfiltered: boolean): BucketSize {
  if (action.startsWith('Describe')) return unfiltered ? UNFILTERED_DESCRIBE : FILTERED_DESCRIBE;
  return REQUESTS[action] ?? OTHER_MUTATION;
}

function isNarrowed(input: object): boolean {
  return Object.entries(input).some(
    ([name, value]) => NARROWING.test(name) && value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
}

function instanceCount(input: { MaxCount?: number; InstanceIds?: readonly string[] }): number {
  return input.MaxCount ?? input.InstanceIds?.length ?? 1;
}
