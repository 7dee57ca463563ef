/**
 * What a document may leave out and every configuration has. The missing values are filled in when the document is
 * admitted, so that nothing behind the API has to know the defaults. Responses leave them out again: clients take a
 * value that they did not send for a change.
 */
import type { NodeConfig, NodeDocument } from './node-config';

export interface Defaults {
  /** The Region of the deployment. */
  readonly region: string;
  /** The default security group of the VPC, as a list of one. */
  readonly securityGroupIds: readonly string[];
}

export interface CompleteConfig {
  readonly config: NodeConfig;
  /** The fields that the document did not have; absent if it had all of them. */
  readonly impliedFields?: readonly string[];
}

const REGION = 'region';
const SECURITY_GROUPS = 'compute.launchSpecification.securityGroupIds';
const TYPES = 'compute.launchSpecification.instanceTypes.types';

export function completed(document: NodeDocument, defaults: Defaults): CompleteConfig {
  const { launchSpecification } = document.compute;
  const { instanceTypes, securityGroupIds } = launchSpecification;
  const { preferredType, preferredTypes = [], types } = instanceTypes;
  const preferred = [...(preferredType === undefined ? [] : [preferredType]), ...preferredTypes];
  const impliedFields = [
    ...(document.region === undefined ? [REGION] : []),
    ...(securityGroupIds === undefined ? [SECURITY_GROUPS] : []),
    ...(types === undefined ? [TYPES] : []),
  ];
  const config: NodeConfig = {
    ...document,
    region: document.region ?? defaults.region,
    compute: {
      ...document.compute,
      launchSpecification: {
        ...launchSpecification,
        securityGroupIds: securityGroupIds ?? [...defaults.securityGroupIds],
        instanceTypes: { ...instanceTypes, types: types ?? [...new Set(preferred)] },
      },
    },
  };
  return { config, ...(impliedFields.length > 0 && { impliedFields }) };
}

/** The document that the configuration was made from. */
export function documentOf(
  { region, compute, ...others }: NodeConfig,
  impliedFields: readonly string[] = [],
): NodeDocument {
  const { launchSpecification, ...place } = compute;
  const { securityGroupIds, instanceTypes, ...specification } = launchSpecification;
  const { types, ...preferred } = instanceTypes;
  const wasSent = (field: string) => !impliedFields.includes(field);
  return {
    ...others,
    ...(wasSent(REGION) && { region }),
    compute: {
      ...place,
      launchSpecification: {
        ...specification,
        ...(wasSent(SECURITY_GROUPS) && { securityGroupIds }),
        instanceTypes: { ...preferred, ...(wasSent(TYPES) && { types }) },
      },
    },
  };
}
