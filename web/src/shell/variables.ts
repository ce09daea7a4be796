// Mantine's colour variables where its defaults lack contrast or differ from our surfaces.
import type { CSSVariablesResolver } from '@mantine/core';

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f4f6f7',
    '--mantine-color-dimmed': '#5b6b72',
    '--mantine-color-placeholder': '#6f7f86',
    '--mantine-color-green-light-color': '#1e6b2b',
    '--mantine-color-red-light-color': '#b02121',
    '--mantine-color-blue-light-color': '#15609e',
    '--mantine-color-orange-light-color': '#9a4a06',
    '--mantine-color-brass-light-color': '#714c11',
    '--mantine-color-gray-light-color': '#4b5358',
    '--mantine-color-brass-text': '#8a5d12',
    '--mantine-color-error': '#c22525',
  },
  dark: {
    '--mantine-color-body': '#161d21',
    '--mantine-color-dimmed': '#9aa8ae',
    '--mantine-color-placeholder': '#82929a',
    '--mantine-color-brass-text': '#dba63f',
    '--mantine-color-error': '#ff7b7b',
  },
});
