import * as errors from '../../domain/errors';

type ErrorClass = new (message?: string, options?: ErrorOptions) => errors.HoldfastError;
type Make = (message?: string, options?: ErrorOptions) => errors.HoldfastError;

const { HoldfastError: _abstract, UnreadableRecord, ...worded } = errors;

const unreadable: Make = () =>
  new UnreadableRecord({ kind: 'NODE', id: 'smi-00000001' }, 'identity.privateIp', 'is no string');
const classesWithMessage = Object.entries(worded).map(([name, value]) => {
  const make: Make = (message, options) => new (value as ErrorClass)(message, options);
  return { name, make };
});
const classes = [...classesWithMessage, { name: 'UnreadableRecord', make: unreadable }];

describe('The errors that a step may throw', () => {
  // The definitions match on these names, so that adding or renaming one is a decision and shows here.
  it('are these, by category', () => {
    const byCategory: Record<string, string[]> = {};
    for (const { name, make } of classes) (byCategory[make().category] ??= []).push(name);

    expect(byCategory).toEqual({
      transient: [
        'Throttled',
        'ServiceUnavailable',
        'NotYetVisible',
        'RecordContended',
        'InterfaceNotFree',
        'NotReady',
      ],
      capacity: ['NoCapacity'],
      conflict: ['OwnershipLost', 'ReplacementLost', 'ImportCancelled', 'InterfaceMissing'],
      permanent: [
        'ReplacementStopped',
        'QuotaExceeded',
        'AddressTaken',
        'ElasticIpMissing',
        'RequestRejected',
        'ReplacementsKeepEnding',
        'UnreadableRecord',
      ],
    });
  });

  it.each(classes)('$name is thrown under its own name, which Lambda reports as the errorType', ({ name, make }) => {
    expect(make('why').name).toBe(name);
  });

  it.each(classesWithMessage)('$name keeps its message and its cause', ({ make }) => {
    const cause = new Error('what EC2 said');
    const error = make('why', { cause });

    expect(error).toMatchObject({ message: 'why', cause });
    expect(error).toBeInstanceOf(errors.HoldfastError);
    expect(error).toBeInstanceOf(Error);
  });

  it('UnreadableRecord names the record and the field', () => {
    expect(unreadable().message).toBe('The record NODE smi-00000001 cannot be read: identity.privateIp: is no string');
  });
});
