// The look of the page: petrol for what acts, brass for what marks, dense and calm.
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#ecf6f7', '#d8eaec', '#aed4d8', '#80bdc3', '#58a7af', '#3c929b', '#277c86', '#17666f', '#0e525a', '#073c43',
];

const brass: MantineColorsTuple = [
  '#fdf6e7', '#f7ead0', '#eed39f', '#e4bb6a', '#dba63f', '#d09730', '#b98124', '#95661a', '#714c11', '#4d3308',
];

const dark: MantineColorsTuple = [
  '#d3dadd', '#b4bfc4', '#909ea5', '#6c7b82', '#46545b', '#334047', '#242f35', '#1a2328', '#141b1f', '#0e1417',
];

const font = '"Inter", "Segoe UI", system-ui, -apple-system, "Liberation Sans", Arial, sans-serif';
const raised = { content: { background: 'var(--panel)' }, header: { background: 'var(--panel)' } };
const badge = {
  root: { minWidth: 'max-content' }, // a table must not squeeze it
  label: { textTransform: 'none', fontWeight: 600, letterSpacing: 0 },
} as const;
const small = { defaultProps: { size: 'sm' } };

export const theme = createTheme({
  colors: { petrol, brass, dark },
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: font,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace',
  headings: { fontFamily: font, fontWeight: '600', sizes: { h1: { fontSize: '1.25rem' }, h2: { fontSize: '1rem' } } },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'xs' } },
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Text: small,
    TextInput: small,
    PasswordInput: small,
    NumberInput: small,
    Select: small,
    Textarea: small,
    Switch: small,
    Badge: { defaultProps: { variant: 'light', radius: 'sm' }, styles: badge },
    Notification: { styles: { description: { color: 'var(--mantine-color-dimmed)' } } }, // with a title it is too pale
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Modal: { defaultProps: { centered: true }, styles: raised },
    Drawer: { styles: raised },
    // a <header> would be a second banner of the page
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
  },
});
