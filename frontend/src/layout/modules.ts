/** The tree of modules that the dotted names of layers spell, in execution order. */

/** What a layout needs to know of a layer. */
export interface LayerShape {
  readonly name: string;
  readonly units: number;
  /** What its area is proportional to; its units by default. */
  readonly weight?: number;
}

/** A watched layer: a leaf of the module tree. */
export interface LayerNode {
  readonly kind: "layer";
  /** Index in the list of layers. */
  readonly layer: number;
  /** The name below the parent module. */
  readonly label: string;
}

/** A module that holds more than one layer. */
export interface ModuleNode {
  readonly kind: "module";
  readonly path: string;
  readonly label: string;
  readonly children: readonly ModuleTree[];
}

export type ModuleTree = LayerNode | ModuleNode;

interface OpenModule {
  readonly path: string;
  readonly children: (OpenModule | number)[];
  readonly modules: Map<string, OpenModule>;
}

/**
 * Returns the tree's top level.
 *
 * A module stands where its first layer runs. One that holds a single child is merged with it
 * (`encoder.layer`), so that every group on the screen groups something.
 *
 * @param layers in execution order.
 * @param under only layers below this module, or the layer of this name; all where empty.
 */
export function moduleTree(layers: readonly LayerShape[], under = ""): readonly ModuleTree[] {
  const root = openModule("");
  layers.forEach((layer, index) => {
    if (isUnder(layer.name, under)) enter(root, layer.name, index);
  });
  return descend(close(root, "", layers));
}

/** Returns whether a layer lies below a module, or is the one named. */
export function isUnder(layerName: string, path: string): boolean {
  return path === "" || layerName === path || layerName.startsWith(`${path}.`);
}

/** Returns the indices of all layers of a tree, in its order. */
export function layersOf(tree: readonly ModuleTree[]): number[] {
  return tree.flatMap((node) => (node.kind === "layer" ? [node.layer] : layersOf(node.children)));
}

/** Returns the paths of the groups that hold a layer, outermost first. */
export function ancestors(layers: readonly LayerShape[], layerName: string): string[] {
  const paths: string[] = [];
  const walk = (nodes: readonly ModuleTree[]): void => {
    for (const node of nodes) {
      if (node.kind === "module" && layersOf([node]).some((i) => layers[i]?.name === layerName)) {
        paths.push(node.path);
        walk(node.children);
      }
    }
  };
  walk(moduleTree(layers));
  return paths;
}

function openModule(path: string): OpenModule {
  return { path, children: [], modules: new Map() };
}

function enter(root: OpenModule, name: string, index: number): void {
  let parent = root;
  let path = "";
  for (const segment of name.split(".").slice(0, -1)) {
    path = path === "" ? segment : `${path}.${segment}`;
    let child = parent.modules.get(segment);
    if (child === undefined) {
      child = openModule(path);
      parent.modules.set(segment, child);
      parent.children.push(child);
    }
    parent = child;
  }
  parent.children.push(index);
}

function close(
  open: OpenModule,
  parentPath: string,
  layers: readonly LayerShape[],
): readonly ModuleTree[] {
  return open.children.map((child) => {
    if (typeof child === "number") {
      return { kind: "layer", layer: child, label: below(layers[child]?.name ?? "", parentPath) };
    }
    const only = child.children.length === 1;
    const children = close(child, only ? parentPath : child.path, layers);
    const [single] = children;
    if (only && single !== undefined) return single;
    return { kind: "module", path: child.path, label: below(child.path, parentPath), children };
  });
}

function below(path: string, parentPath: string): string {
  const label = parentPath === "" ? path : path.slice(parentPath.length + 1);
  // A bare number tells nothing: it takes the name that it counts.
  const counted = parentPath.split(".").at(-1) ?? "";
  return /^\d/.test(label) && counted !== "" ? `${counted}.${label}` : label;
}

/** Steps into modules that hold all that is shown: a group around everything tells nothing. */
function descend(tree: readonly ModuleTree[]): readonly ModuleTree[] {
  const [only] = tree;
  return tree.length === 1 && only?.kind === "module" ? descend(only.children) : tree;
}
