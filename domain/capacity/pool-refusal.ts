import type { RefusalReason } from '../node/stateful-node';

/**
 * EC2's refusal of a pool. `subnet`: it applies to every pool of the subnet, because the subnet has no free address.
 */
export interface PoolRefusal {
  readonly because: RefusalReason;
  readonly of: 'pool' | 'subnet';
  readonly code: string;
  readonly message: string;
}
