// The way from an empty system to the first call. Disappears once it has been walked.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useList } from '../../api/collections';
import type { User } from '../../api/types';
import { Icon } from '../../shell/icons';
import classes from './overview.module.css';

interface NextStepsProps {
  users: number | undefined;
  phones: number | undefined;
  online: number;
}

export function NextSteps({ users, phones, online }: NextStepsProps) {
  const { t } = useTranslation();
  const records = useList('call-records', { page: 1, per_page: 1 });
  const some = useList<User>('users', { page: 1, per_page: 50 });
  if (users === undefined || phones === undefined || !records.data || !some.data) return null;

  const equipped = some.data.items.filter((user) => user.phones.length > 0 && user.numbers.length > 0);
  const steps = [
    { text: t('overview.next.phones'), to: '/phones/new', done: phones > 1 },
    { text: t('overview.next.users'), to: '/users/new', done: users > 1 },
    { text: t('overview.next.assign'), to: '/users', done: equipped.length > 1 },
    { text: t('overview.next.register'), to: '/phones', done: online > 0 },
    { text: t('overview.next.call'), to: '/calls', done: records.data.total > 0 },
  ];
  if (steps.every((step) => step.done)) return null;
  const current = steps.findIndex((step) => !step.done);

  return (
    <section className={`panel ${classes.box}`} aria-labelledby="overview-next">
      <h2 id="overview-next">{t('overview.next.title')}</h2>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li key={step.to + step.text} data-done={step.done || undefined} data-current={index === current || undefined}>
            <span className={classes.mark}>{step.done ? <Icon name="check" size={13} /> : index + 1}</span>
            <Link to={step.to}>{step.text}</Link>
            {step.done && <span className="visually-hidden">{t('overview.next.done')}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
