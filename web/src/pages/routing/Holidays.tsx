// Public holidays of a region, and days of one's own.
import { Button, SimpleGrid, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePublicHolidays } from '../../api/routing';
import type { Holiday } from '../../api/types';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { day } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import classes from './routing.module.css';
import { SettingsForm } from './SettingsForm';

function Year({ region, year }: { region: string; year: number }) {
  const { t } = useTranslation();
  const days = usePublicHolidays(region, year).data ?? [];
  const title = t('routing.holidays.year', { year });
  return (
    <section aria-label={title}>
      <h2 className={classes.title}>{title}</h2>
      <dl className={classes.days} aria-label={title}>
        {days.map(({ date, code }) => (
          <div key={date}>
            <dt>{day(date)}</dt>
            <dd>{t(`routing.holiday.${code}`, { defaultValue: code })}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function OwnDays() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('holidays', { sort: 'date' });
  const data = useServerTable<Holiday>('holidays', view);
  const [edited, setEdited] = useState<Holiday | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('holidays');
  const columns = useMemo<Column<Holiday>[]>(
    () => [
      { id: 'date', text: 'routing.holidays.column.date', sortable: true, cell: ({ date }) => <strong>{day(date)}</strong> },
      { id: 'name', text: 'routing.holidays.column.name', sortable: true, cell: ({ name }) => name },
      { id: 'yearly', text: 'routing.holidays.column.yearly', sortable: true, cell: ({ yearly }) => yearly && t('routing.holidays.yearly') },
    ],
    [t],
  );
  return (
    <>
      <DataTable
        id="holidays"
        label={t('routing.holidays.own')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(one) => one.id}
        filters={
          <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
            {t('routing.holidays.new')}
          </Button>
        }
        empty={t('routing.holidays.noneOwn')}
        onOpen={setEdited}
        onRemove={remove}
      />
      {edited && (
        <EntityDialogue
          entity="holiday"
          collection="holidays"
          fields={['date', 'name', 'yearly']}
          title={edited === 'new' ? t('routing.holidays.new') : t('routing.holidays.one')}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}

export function Holidays() {
  const { t } = useTranslation();
  const thisYear = new Date().getFullYear();
  return (
    <Stack gap="md">
      <SettingsForm fields={['holidays']}>
        {(form) => {
          const region = String(form.value('holidays'));
          return (
            <FieldGroup title={t('routing.holidays.public')}>
              <Fields form={form} fields={['holidays']} />
              {region !== 'none' && (
                <SimpleGrid cols={{ base: 1, sm: 2 }} mt="md">
                  <Year region={region} year={thisYear} />
                  <Year region={region} year={thisYear + 1} />
                </SimpleGrid>
              )}
            </FieldGroup>
          );
        }}
      </SettingsForm>
      <div>
        <h2 className={classes.title}>{t('routing.holidays.own')}</h2>
        <OwnDays />
      </div>
    </Stack>
  );
}
