import fc from 'fast-check';
import { parseConfig } from '../../../domain/config/validate-config';
import { applyPatch, withoutNulls } from '../../../domain/config/config-update';
import { someNode } from '../arbitraries';
import { aConfig } from '../builders';

const tags = [
  { tagKey: 'team', tagValue: 'a' },
  { tagKey: 'tier', tagValue: 'b' },
];
const config = aConfig({
  strategy: { lifeCycle: 'spot', fallbackToOd: true, drainingTimeout: 60 },
  launchSpecification: { keyPair: 'ops', tags },
});

/** The configuration with a launch specification changed. */
function withLaunch(changes: object): unknown {
  return {
    ...config,
    compute: { ...config.compute, launchSpecification: { ...config.compute.launchSpecification, ...changes } },
  };
}

describe('applyPatch', () => {
  const { strategy: _strategy, ...withoutStrategy } = config;

  it.each<{ name: string; patch: unknown; document: unknown }>([
    { name: 'an empty patch changes nothing', patch: {}, document: config },
    { name: 'a value is replaced', patch: { name: 'other' }, document: { ...config, name: 'other' } },
    { name: 'a field is added', patch: { description: 'new' }, document: { ...config, description: 'new' } },
    {
      name: 'objects are merged, at any depth',
      patch: { compute: { launchSpecification: { keyPair: 'dev' } } },
      document: withLaunch({ keyPair: 'dev' }),
    },
    {
      name: 'lists are replaced',
      patch: { compute: { launchSpecification: { tags: [tags[1]] } } },
      document: withLaunch({ tags: [tags[1]] }),
    },
    {
      name: 'a list may become empty',
      patch: { compute: { launchSpecification: { tags: [] } } },
      document: withLaunch({ tags: [] }),
    },
    { name: 'null removes an object', patch: { strategy: null }, document: withoutStrategy },
    {
      name: 'null removes a value',
      patch: { strategy: { drainingTimeout: null } },
      document: { ...config, strategy: { lifeCycle: 'spot', fallbackToOd: true } },
    },
    { name: 'an undefined value is a null', patch: { strategy: undefined }, document: withoutStrategy },
    {
      name: 'an object without a prototype is an object',
      patch: Object.assign(Object.create(null) as object, { name: 'other' }),
      document: { ...config, name: 'other' },
    },
    { name: 'null removes what is not there', patch: { description: null, healthCheck: null }, document: config },
    {
      name: 'an object is added without its nulls',
      patch: { healthCheck: { autoHealing: false, type: null } },
      document: { ...config, healthCheck: { autoHealing: false } },
    },
    { name: 'a value takes the place of an object', patch: { strategy: 1 }, document: { ...config, strategy: 1 } },
    { name: 'what is no patch is the document itself', patch: [null], document: [null] },
  ])('$name', ({ patch, document }) => {
    const before = structuredClone(config);

    expect(applyPatch(config, patch)).toStrictEqual(document);
    expect(config).toEqual(before);
  });

  it('keeps a key that means something to JavaScript a key, which is refused by name', () => {
    const patched = applyPatch(config, JSON.parse('{"__proto__": {"name": "other"}}'));

    expect(parseConfig(patched)).toEqual({
      kind: 'invalid',
      fieldErrors: [{ field: '__proto__', message: 'is not supported; remove it' }],
    });
  });

  it('is undone by the patch that says what was there', () => {
    fc.assert(
      fc.property(someNode, fc.constantFrom('description', 'strategy', 'healthCheck'), ({ config: given }, key) => {
        const before = given as Record<string, unknown>;
        const changed = applyPatch(given, { [key]: null });

        expect(applyPatch(changed as typeof given, { [key]: before[key] ?? null })).toEqual(withoutNulls(given));
      }),
    );
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (patch) => {
        const once = applyPatch(config, patch);
        expect(applyPatch(once as typeof config, patch)).toEqual(once);
      }),
    );
  });
});

describe('withoutNulls', () => {
  it.each([
    { given: { a: null, b: { c: null, d: 1 } }, left: { b: { d: 1 } } },
    { given: { a: [{ b: null }, null] }, left: { a: [{}, null] } },
    { given: null, left: null },
  ])('$given becomes $left', ({ given, left }) => {
    expect(withoutNulls(given)).toEqual(left);
  });
});
