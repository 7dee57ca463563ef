/** Renders the API's OpenAPI document as TypeScript types, formatted like the rest of the project. */
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { openApiDocument } from '../../lambdas/api/openapi';
import { routes } from '../../lambdas/api/routes';

/** From the project's root. */
export const API_TYPES_PATH = 'cli/api/schema.d.ts';

const HEADER = '/** Generated from the OpenAPI document: `npm run api-types`. Do not edit. */\n';

export async function renderApiTypes(): Promise<string> {
  // As text, because the generator resolves references in the object that it is given.
  const types = astToString(await openapiTS(JSON.stringify(openApiDocument(routes))));
  return format(HEADER + types, { ...(await resolveConfig(API_TYPES_PATH)), parser: 'typescript' });
}
