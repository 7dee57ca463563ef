import { decideAddress } from '../../domain/elastic-ip';
import { anElasticIp, INTERFACE_ID } from './builders';

describe('decideAddress', () => {
  it.each([
    { name: 'is on the interface', interfaceId: INTERFACE_ID, kind: 'nothing' },
    { name: 'is on another interface', interfaceId: 'eni-00000000000000002', kind: 'associate' },
    { name: 'is on none', interfaceId: undefined, kind: 'associate' },
  ])('an address that $name: $kind', ({ interfaceId, kind }) => {
    expect(decideAddress(anElasticIp({ interfaceId }), INTERFACE_ID)).toEqual({ kind });
  });
});
