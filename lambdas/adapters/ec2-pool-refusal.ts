/** Which of EC2's errors refuse a launch in its pool, so that another pool may serve it. */
import type { PoolRefusal } from '../../domain/capacity/pool-refusal';
import type { Ec2Failure } from './ec2-error';

/** Undefined if the error says nothing about the pool. */
export function refusalOf({ code, meaning, message }: Ec2Failure): PoolRefusal | undefined {
  switch (meaning) {
    case 'capacity':
      return { because: 'capacity', of: 'pool', code, message };
    case 'subnet-full':
      return { because: 'capacity', of: 'subnet', code, message };
    case 'quota':
    case 'unsuitable':
      return { because: meaning, of: 'pool', code, message };
    default:
      return undefined;
  }
}
