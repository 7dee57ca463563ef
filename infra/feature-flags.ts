import cdkJson from '../cdk.json';

/** Choices of the deployment may be in the same file. The keys of flags begin with the name of a package. */
const FLAG = /^@aws-cdk[\w-]*\//;

/**
 * CDK's feature flags, pinned in cdk.json. The CLI passes them on by itself. Tests and the local control plane build the
 * app without the CLI, and read the same file, so that they see the template that is deployed.
 *
 * They are those that CDK recommends for a new app, except one: with `minimizePolicies`, CDK would join the statements of
 * a policy. A statement stands in the template as it stands in the code, with one reason.
 */
export const FEATURE_FLAGS: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(cdkJson.context).filter(([key]) => FLAG.test(key)),
);
