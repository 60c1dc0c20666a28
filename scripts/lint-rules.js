/**
 * Rules of our own for oxlint: what this project holds to and none of its rules asks for.
 * @typedef {{ options: unknown[], sourceCode: { getText(node: Node): string }, report(found: { node: Node, message:
 *   string }): void }} Context
 * @typedef {{ type: string, parent: Node, left: Node, right: Node, operator: string, callee: Node, arguments: Node[],
 *   argument: Node, test: Node, consequent: Node, alternate: Node, properties: Node[], value: Node }} Node
 */

/**
 * No 0, '', false or [] in place of what is undefined: where kernels are read and judged that is what could not be
 * read, and a 0 for it is a false number. Three idioms are no such thing: counting and gathering by key, `of.set(key,
 * (of.get(key) ?? 0) + 1)`; the same by index, `of[i] = (of[i] ?? 0) + n`; and leaving elements out, `all.flatMap((one)
 * => read(one) ?? [])`. `lists: false` is for verdicts, which are less sure for each part of a report that they look at
 * and that is missing.
 */
const noDefaultForUnread = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { lists: { type: 'boolean' } }, additionalProperties: false }],
  },
  /** @param {Context} context */
  create(context) {
    /** @param {Node} node */
    const textOf = (node) => context.sourceCode.getText(node);
    const nothing = new Set(['0', '0n', "''", '""', 'false']);
    if (JSON.stringify(context.options[0]) !== '{"lists":false}') nothing.add('[]');

    /** @param {Node} node */
    function isGathered({ left, parent }) {
      for (let around = parent; around; around = around.parent) {
        if (around.type === 'AssignmentExpression') return textOf(around.left) === textOf(left);
        const key = around.type === 'CallExpression' ? around.arguments[0] : undefined;
        if (key !== undefined && `${textOf(around.callee).replace(/\.set$/, '.get')}(${textOf(key)})` === textOf(left))
          return true;
      }
      return false;
    }

    /** @param {Node} node */
    function isLeftOut({ right, parent }) {
      let around = parent;
      if (around.type === 'ReturnStatement') while (!around.type.includes('Function')) around = around.parent;
      return (
        textOf(right) === '[]' &&
        around.type === 'ArrowFunctionExpression' &&
        around.parent.type === 'CallExpression' &&
        textOf(around.parent.callee).endsWith('.flatMap')
      );
    }

    return {
      /** @param {Node} node */
      LogicalExpression(node) {
        const given = textOf(node.right);
        if (node.operator === '&&' || !nothing.has(given) || isGathered(node) || isLeftOut(node)) return;
        context.report({
          node,
          message: `\`${node.operator} ${given}\` makes a value of what could not be read. Leave it undefined, or make it a gap.`,
        });
      },
    };
  },
};

const gapErrors = new Set(['ReadError', 'Implausible', 'ShapeError']);

/**
 * What can't be read is made a gap, or something else, by those that src/kernel has for it: a catch beside them has in
 * time its own idea of what is a bug.
 */
const onePlaceCatches = {
  meta: { type: 'problem', schema: [] },
  /** @param {Context} context */
  create(context) {
    /** @param {Node} node */
    const report = (node) =>
      context.report({
        node,
        message: "A failed read is kernel.attempt's, kernel.peek's, readOr's or readOrGap's to catch.",
      });
    /** @param {Node} node */
    function isInCatch(node) {
      for (let around = node.parent; around; around = around.parent) if (around.type === 'CatchClause') return true;
      return false;
    }
    return {
      /** @param {Node} node */
      CallExpression(node) {
        if (context.sourceCode.getText(node.callee) === 'isGapError') report(node);
      },
      /** @param {Node} node */
      BinaryExpression(node) {
        if (node.operator === 'instanceof' && gapErrors.has(context.sourceCode.getText(node.right)) && isInCatch(node))
          report(node);
      },
    };
  },
};

/** `...(pid === undefined ? {} : { pid })` is `...defined({ pid })`, src/words/defined.ts. */
const useDefined = {
  meta: { type: 'suggestion', schema: [] },
  /** @param {Context} context */
  create(context) {
    /** What was asked for, without the `?.` and `!` that its type wants. @param {Node} node */
    const textOf = (node) => context.sourceCode.getText(node).replaceAll('?.', '.').replaceAll('!', '');
    return {
      /** @param {Node} node */
      SpreadElement({ argument: node }) {
        if (node.type !== 'ConditionalExpression' || node.test.type !== 'BinaryExpression') return;
        const { operator, left, right } = node.test;
        if (textOf(right) !== 'undefined') return;
        const [empty, given] =
          operator === '===' ? [node.consequent, node.alternate] : [node.alternate, node.consequent];
        if (textOf(empty) !== '{}' || given.type !== 'ObjectExpression' || given.properties.length !== 1) return;
        const [member] = given.properties;
        if (member?.type === 'Property' && textOf(member.value) === textOf(left))
          context.report({ node, message: 'A member that is left out where it is undefined: `...defined({ … })`.' });
      },
    };
  },
};

/**
 * A symbol's name is written down in symbols/, where whoever brings a new kernel looks for it; a misspelt one is then
 * an error of the types. A table of symbols is asked by names that are only known at run time; where it is asked by
 * another, `'name' satisfies SymbolName`.
 */
const symbolsAreDeclared = {
  meta: { type: 'problem', schema: [] },
  /** @param {Context} context */
  create(context) {
    return {
      /** @param {Node} node */
      CallExpression(node) {
        const [name] = node.arguments;
        if (
          name?.type !== 'Literal' ||
          !/\.(?:addressOf|lookup|symbolNamed)$/.test(context.sourceCode.getText(node.callee))
        )
          return;
        context.report({
          node,
          message:
            'A symbol that is named in code is declared in symbols/: kernel.symbol, findSymbol and findSymbols take those.',
        });
      },
    };
  },
};

/**
 * A choice of three is `a ? x : b ? y : z` at most, by itself. Where it goes deeper, stands before the colon or within
 * a text, a function that returns early, a table or a named part reads better.
 */
const shallowChoices = {
  meta: { type: 'suggestion', schema: [] },
  /** @param {Context} context */
  create(context) {
    return {
      /** @param {Node} node */
      ConditionalExpression(node) {
        const outer = node.parent;
        if (outer.type !== 'ConditionalExpression') return;
        const isLast = outer.alternate === node;
        if (isLast && outer.parent.type !== 'ConditionalExpression' && outer.parent.type !== 'TemplateLiteral') return;
        context.report({
          node,
          message: 'Too much of a choice for one expression: return early in a function, or name a part.',
        });
      },
    };
  },
};

export default {
  meta: { name: 'oompm' },
  rules: {
    'no-default-for-unread': noDefaultForUnread,
    'one-place-catches': onePlaceCatches,
    'use-defined': useDefined,
    'symbols-are-declared': symbolsAreDeclared,
    'shallow-choices': shallowChoices,
  },
};
