import { Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { PageFrame } from '../shell/PageFrame';

export default function NotFound() {
  const { t } = useTranslation();
  return (
    <PageFrame title={t('shell.notFound.title')}>
      <Text mb="sm">{t('shell.notFound.text')}</Text>
      <Button component={Link} to="/" variant="light">
        {t('overview.title')}
      </Button>
    </PageFrame>
  );
}
