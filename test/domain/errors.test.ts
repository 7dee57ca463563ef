import * as errors from '../../domain/errors';

type ErrorClass = new (message?: string, options?: ErrorOptions) => errors.HoldfastError;

const classes = Object.entries(errors)
  .filter(([name]) => name !== 'HoldfastError')
  .map(([name, value]) => ({ name, ErrorClass: value as ErrorClass }));

describe('The errors that a step may throw', () => {
  // The definitions match on these names, so that adding or renaming one is a decision and shows here.
  it('are these, by category', () => {
    const byCategory: Record<string, string[]> = {};
    for (const { name, ErrorClass } of classes) (byCategory[new ErrorClass().category] ??= []).push(name);

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
      ],
    });
  });

  it.each(classes)(
    '$name is thrown under its own name, which Lambda reports as the errorType',
    ({ name, ErrorClass }) => {
      expect(new ErrorClass('why').name).toBe(name);
    },
  );

  it.each(classes)('$name keeps its message and its cause', ({ ErrorClass }) => {
    const cause = new Error('what EC2 said');
    const error = new ErrorClass('why', { cause });

    expect(error).toMatchObject({ message: 'why', cause });
    expect(error).toBeInstanceOf(errors.HoldfastError);
    expect(error).toBeInstanceOf(Error);
  });
});
