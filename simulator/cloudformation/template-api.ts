/**
 * Reads the HTTP API of the template: the route `$default` on one stage, `$default`, and routes of one method and a path, each
 * to a function. Everything else that API Gateway supports (CORS, authorizers, path variables) is refused, because it is not
 * simulated.
 */
import { UnreadableTemplate, type Resource, type TemplateValues } from './template-values';

/** The size of the token bucket in requests, and its refill rate. Absent: no limit. */
export type Throttling = { readonly burst: number; readonly ratePerSecond: number } | undefined;

export interface ApiDefinition {
  readonly apiId: string;
  /** Of the route `$default`. */
  readonly functionArn: string;
  readonly throttling: Throttling;
  /** The other routes. */
  readonly routes: readonly RouteDefinition[];
}

export interface RouteDefinition {
  /** For example `GET /console/{proxy+}`. */
  readonly key: string;
  readonly functionArn: string;
  /** A limit of its own. */
  readonly throttling: Throttling;
}

const API = 'AWS::ApiGatewayV2::Api';
const INTEGRATION = 'AWS::ApiGatewayV2::Integration';
const ROUTE = 'AWS::ApiGatewayV2::Route';
const STAGE = 'AWS::ApiGatewayV2::Stage';
/** A custom domain changes the host name and nothing else. */
const HOST_NAMES = ['AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::ApiMapping'];
export const API_TYPES = [API, INTEGRATION, ROUTE, STAGE, ...HOST_NAMES];

/** The values that each property may have. Undefined: any value, because it has no effect here. */
type SupportedProperties = Readonly<Record<string, readonly unknown[] | undefined>>;

const SUPPORTED: Readonly<Record<string, SupportedProperties>> = {
  [API]: { Name: undefined, Description: undefined, Tags: undefined, ProtocolType: ['HTTP'] },
  [INTEGRATION]: {
    ApiId: undefined,
    IntegrationUri: undefined,
    IntegrationType: ['AWS_PROXY'],
    PayloadFormatVersion: ['2.0'],
  },
  [ROUTE]: { ApiId: undefined, Target: undefined, RouteKey: undefined, AuthorizationType: ['NONE'] },
  [STAGE]: {
    ApiId: undefined,
    AccessLogSettings: undefined,
    DefaultRouteSettings: undefined,
    RouteSettings: undefined,
    Tags: undefined,
    StageName: ['$default'],
    AutoDeploy: [true],
  },
};

/** @throws UnreadableTemplate */
export function readApi(
  values: TemplateValues,
  resources: readonly (readonly [string, Resource])[],
): ApiDefinition | undefined {
  const apis = resources.filter(([, { Type }]) => Type === API);
  const [api] = apis;
  if (api === undefined) return undefined;
  if (apis.length > 1) throw new UnreadableTemplate(`The template has ${apis.length} APIs, not one`);
  for (const [id, resource] of resources) refuseUnsupported(id, resource);
  const [stageId, stage] = theOnly(resources, STAGE);
  const ofRoutes = (stage.Properties?.['RouteSettings'] ?? {}) as Readonly<Record<string, unknown>>;
  const routes = resources
    .filter(([, { Type }]) => Type === ROUTE)
    .map(([id, { Properties }]): RouteDefinition => {
      const key = values.text(Properties?.['RouteKey']);
      if (!ROUTE_KEY.test(key)) throw new UnreadableTemplate(`${id}: RouteKey "${key}" is not simulated`);
      const functionArn = functionOf(values, resources, values.text(Properties?.['Target']));
      return { key, functionArn, throttling: readThrottling(stageId, ofRoutes[key]) };
    });
  const unknown = Object.keys(ofRoutes).find((key) => !routes.some((route) => route.key === key));
  if (unknown !== undefined) throw new UnreadableTemplate(`${stageId}: there is no route ${unknown} to limit`);
  const [all, ...others] = routes.filter(({ key }) => key === DEFAULT_KEY);
  if (all === undefined || others.length > 0) {
    throw new UnreadableTemplate(`The template has ${others.length + (all ? 1 : 0)} routes ${DEFAULT_KEY}, not one`);
  }
  return {
    apiId: api[0],
    functionArn: all.functionArn,
    throttling: readThrottling(stageId, stage.Properties?.['DefaultRouteSettings']),
    routes: routes.filter((route) => route !== all),
  };
}

const DEFAULT_KEY = '$default';
/** A method, and a path without variables but for the rest. */
const ROUTE_KEY = /^(\$default|[A-Z]+ \/[^{}]*(\{proxy\+\})?)$/;

function functionOf(
  values: TemplateValues,
  resources: readonly (readonly [string, Resource])[],
  target: string,
): string {
  const found = resources.find(([id, { Type }]) => Type === INTEGRATION && target === `integrations/${id}`);
  if (found === undefined) throw new UnreadableTemplate(`A route's target is ${target}, which is no integration`);
  return values.text(found[1].Properties?.['IntegrationUri']);
}

function refuseUnsupported(id: string, { Type, Properties = {} }: Resource): void {
  const supported = SUPPORTED[Type];
  if (supported === undefined) return;
  for (const [name, value] of Object.entries(Properties)) {
    if (!(name in supported)) throw new UnreadableTemplate(`${id}: ${name} is not simulated`);
    const known = supported[name];
    if (known !== undefined && !known.includes(value)) {
      throw new UnreadableTemplate(`${id}: ${name} ${JSON.stringify(value)} is not simulated`);
    }
  }
}

function theOnly(resources: readonly (readonly [string, Resource])[], type: string): readonly [string, Resource] {
  const found = resources.filter(([, { Type }]) => Type === type);
  if (found.length === 1) return found[0]!;
  throw new UnreadableTemplate(`The template has ${found.length} resources of type ${type}, not one`);
}

function readThrottling(stageId: string, settings: unknown): ApiDefinition['throttling'] {
  if (settings === undefined) return undefined;
  const { ThrottlingBurstLimit, ThrottlingRateLimit, ...others } = settings as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new UnreadableTemplate(`${stageId}: ${other} is not simulated`);
  if (typeof ThrottlingBurstLimit !== 'number' || typeof ThrottlingRateLimit !== 'number') {
    throw new UnreadableTemplate(`${stageId}: throttling needs a burst and a rate`);
  }
  return { burst: ThrottlingBurstLimit, ratePerSecond: ThrottlingRateLimit };
}
