// Reads an installed package with the TypeScript of the app. Prints, as JSON, the declarations without a docstring that
// its users see, the packages that it imports without declaring them, and the files that it imports without having them.
const { readdirSync, readFileSync } = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const { join, relative } = require('node:path');

const folder = process.argv[2];
const ts = createRequire(join(folder, 'package.json'))('typescript');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const options = { moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.Preserve };

/** The functions' bundles import nothing: they are loaded in a folder of their own. */
function sources() {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|cjs|js)$/.test(file) && !/^(node_modules|dist.functions)\b/.test(file))
    .map((file) => join(folder, file));
}

function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  return importedFiles.map(({ fileName }) => ({ file, name: fileName })).filter(({ name }) => !isBuiltin(name));
}

function isDeclared({ name }) {
  const [scope, rest] = name.split('/');
  const packageName = scope.startsWith('@') ? `${scope}/${rest}` : scope;
  return packageName in { ...manifest.dependencies, ...manifest.peerDependencies };
}

function isThere({ file, name }) {
  return ts.resolveModuleName(name, file, options, ts.sys).resolvedModule !== undefined;
}

function describe({ file, name }) {
  return `${relative(folder, file)} imports ${name}`;
}

/** A class or an interface, and the members that it declares itself. What it inherits is documented by others. */
function declarationsOf(checker, symbol) {
  const [declaration] = symbol.declarations;
  const members = (declaration.members ?? [])
    .filter(({ modifiers = [] }) => !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))
    .filter((member) => !ts.isConstructorDeclaration(member))
    .map((member) => checker.getSymbolAtLocation(member.name));
  return [symbol, ...members];
}

function undocumented() {
  const entry = join(folder, manifest.exports['.'].types);
  const program = ts.createProgram([entry], { ...options, noEmit: true, types: [] });
  const checker = program.getTypeChecker();
  const exported = checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  return exported
    .flatMap((symbol) => declarationsOf(checker, symbol))
    .filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    .map((symbol) => checker.getFullyQualifiedName(symbol).replace(/^".*"\./, ''));
}

const imports = sources().flatMap(importsOf);
const isFile = ({ name }) => name.startsWith('.');
console.log(
  JSON.stringify({
    undocumented: undocumented(),
    undeclared: imports.filter((each) => !isFile(each) && !isDeclared(each)).map(describe),
    missing: imports.filter((each) => isFile(each) && !isThere(each)).map(describe),
  }),
);
