import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

const spoken = 'placeholder|title|label|description|alt|aria-label';

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  a11y.flatConfigs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'max-lines': ['error', 250],
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXText[value=/[A-Za-zÄÖÜäöüß]{2,}/]', message: 'Texts belong into i18n.' },
        { selector: `JSXAttribute[name.name=/^(${spoken})$/] > Literal[value=/[A-Za-z]{2,}/]`, message: 'Texts belong into i18n.' },
      ],
    },
  },
  { files: ['scripts/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly', fetch: 'readonly', URL: 'readonly' } } },
);
