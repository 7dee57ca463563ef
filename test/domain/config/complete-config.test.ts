import { completed, documentOf } from '../../../domain/config/complete-config';
import type { NodeDocument } from '../../../domain/config/node-config';
import { parseConfig } from '../../../domain/config/validate-config';
import { aConfig } from '../builders';

const DEFAULTS = { region: 'eu-west-1', securityGroupIds: ['sg-default'] };
const GROUPS = 'compute.launchSpecification.securityGroupIds';
const TYPES = 'compute.launchSpecification.instanceTypes.types';

/** A document without these fields. */
function without({
  region,
  groups,
  types,
}: {
  readonly region?: true;
  readonly groups?: true;
  readonly types?: true;
}): NodeDocument {
  const { region: itsRegion, compute, ...others } = aConfig({ region: 'us-east-1' });
  const { securityGroupIds, instanceTypes, ...specification } = compute.launchSpecification;
  return {
    ...others,
    ...(region !== true && { region: itsRegion }),
    compute: {
      ...compute,
      launchSpecification: {
        ...specification,
        ...(groups !== true && { securityGroupIds }),
        instanceTypes: types === true ? { preferredType: 'm7g.large' } : instanceTypes,
      },
    },
  };
}

describe('completed', () => {
  it('changes nothing of a document that has everything', () => {
    expect(completed(aConfig(), DEFAULTS)).toStrictEqual({ config: aConfig() });
  });

  it.each([
    { name: 'the Region of the deployment', document: without({ region: true }), path: 'region', value: 'eu-west-1' },
    { name: 'the default group of the VPC', document: without({ groups: true }), path: GROUPS, value: ['sg-default'] },
    { name: 'the preferred type', document: without({ types: true }), path: TYPES, value: ['m7g.large'] },
  ])('fills in $name, and nothing else', ({ document, path, value }) => {
    const { config, impliedFields } = completed(document, DEFAULTS);

    expect(config).toHaveProperty(path.split('.'), value);
    expect(impliedFields).toEqual([path]);
    expect(config).toMatchObject(document);
  });

  it('tries preferred types in their order, each once', () => {
    const document = aConfig();
    const instanceTypes = { preferredType: 'c.x', preferredTypes: ['d.x', 'c.x'] };
    const { launchSpecification } = document.compute;
    const compute = { ...document.compute, launchSpecification: { ...launchSpecification, instanceTypes } };

    expect(completed({ ...document, compute }, DEFAULTS).config).toHaveProperty(TYPES.split('.'), ['c.x', 'd.x']);
  });
});

describe('documentOf', () => {
  it.each([
    { name: 'everything', document: without({}) },
    { name: 'no Region', document: without({ region: true }) },
    { name: 'no security groups', document: without({ groups: true }) },
    { name: 'no types', document: without({ types: true }) },
    { name: 'none of the three', document: without({ region: true, groups: true, types: true }) },
  ])('returns the document that was sent: $name', ({ document }) => {
    const { config, impliedFields } = completed(document, DEFAULTS);

    expect(documentOf(config, impliedFields)).toStrictEqual(document);
    expect(parseConfig(document)).toEqual({ kind: 'config', config: document });
  });

  it('ignores a field that only a later version leaves out', () => {
    expect(documentOf(aConfig(), ['compute.vpcId'])).toStrictEqual(aConfig());
  });
});
