// How much each component writes; a change acts at once.
import { Select, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSetLogLevel, type Logs } from '../../api/logs';
import { FieldGroup } from '../../forms/FieldGroup';
import { notifyError } from '../../shell/notify';

export function Levels({ logs }: { logs: Logs }) {
  const { t } = useTranslation();
  const set = useSetLogLevel();
  return (
    <FieldGroup title={t('logs.levels')}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" verticalSpacing="xs">
        {logs.components.map(({ name, level }) => (
          <Select
            key={name}
            label={name}
            description={t(`logs.about.${name}`)}
            allowDeselect={false}
            data={logs.levels}
            value={level}
            onChange={(value) => value && set.mutate({ component: name, level: value }, { onError: notifyError })}
          />
        ))}
      </SimpleGrid>
    </FieldGroup>
  );
}
