/** The environment variable with the folder in which the files of one test run share the template. */
export const TEMPLATE_FOLDER = 'HOLDFAST_TEST_TEMPLATE_FOLDER';
