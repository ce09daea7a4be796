// Catches what goes wrong while a page is drawn or loaded. The usual cause: the server was upgraded
// and the part of the page asked for is no longer there, so a reload helps.
import { Button, Stack, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

function Failed() {
  const { t } = useTranslation();
  return (
    <Stack align="center" p="xl" role="alert">
      <Text>{t('shell.pageFailed')}</Text>
      <Button onClick={() => window.location.reload()}>{t('shell.reload')}</Button>
    </Stack>
  );
}

interface BoundaryProps {
  /** Another value means another page: try again. */
  place: string;
  children: ReactNode;
}

interface BoundaryState {
  failedAt: string | null;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  state: BoundaryState = { failedAt: null };

  static getDerivedStateFromError(): Partial<BoundaryState> {
    return { failedAt: '' };
  }

  static getDerivedStateFromProps({ place }: BoundaryProps, { failedAt }: BoundaryState): BoundaryState | null {
    if (failedAt === null || failedAt === place) return null;
    return { failedAt: failedAt === '' ? place : null };
  }

  render() {
    return this.state.failedAt === null ? this.props.children : <Failed />;
  }
}
