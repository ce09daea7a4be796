// All numbers and who holds them (NUM-1), and the internal ranges (LIN-1).
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { NumberTable } from './NumberTable';
import { RangeTable } from './RangeTable';

export default function Numbers() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  return (
    <PageFrame title={t('numbers.title')}>
      <Tabs value={params.get('tab') ?? 'numbers'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
        <TabList
          tabs={[
            { id: 'numbers', text: t('numbers.tab.numbers') },
            { id: 'ranges', text: t('numbers.tab.ranges') },
          ]}
        />
        <Tabs.Panel value="numbers" pt="sm">
          <NumberTable />
        </Tabs.Panel>
        <Tabs.Panel value="ranges" pt="sm">
          <RangeTable />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}
