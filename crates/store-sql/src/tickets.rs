//! Tickets of work that takes longer than a request.

use crate::error::corrupt;
use crate::frames::{compress, decompress};
use crate::row::Read;
use crate::statements::Statements;
use crate::store::{Lock, SqlStore};
use crate::{jobs, values};
use chrono::{DateTime, Utc};
use touchline_domain::ports::{StoreError, texts};
use touchline_domain::{NewJob, NewTicket, Ticket, TicketEnd, TicketKind, TicketNotice, TicketStatus};

pub async fn ticket<S: SqlStore>(store: &S, id: &str) -> Result<Option<Ticket>, StoreError> {
    texts::key("the name of a ticket", id)?;
    store.read().await?.first(S::TEXTS.tickets.get, &values![id], of_row).await
}

pub async fn tickets_of<S: SqlStore>(
    store: &S,
    user_id: i64,
    kind: TicketKind,
    limit: u32,
) -> Result<Vec<Ticket>, StoreError> {
    store.read().await?.all(S::TEXTS.tickets.list, &values![user_id, kind.name(), limit], of_row).await
}

pub async fn ticket_body<S: SqlStore>(store: &S, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
    unpacked(store, S::TEXTS.tickets.body, id).await
}

pub async fn ticket_answer<S: SqlStore>(store: &S, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
    unpacked(store, S::TEXTS.tickets.answer, id).await
}

async fn unpacked<S: SqlStore>(
    store: &S,
    sql: &'static str,
    id: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    texts::key("the name of a ticket", id)?;
    let frame = store
        .read()
        .await?
        .first(sql, &values![id], |row| Ok((row.value::<Vec<u8>>(0)?, row.number::<usize>(1)?)))
        .await?;
    match frame {
        Some((frame, size)) => decompress(frame, size).await.map(Some),
        None => Ok(None),
    }
}

pub async fn open_ticket<S: SqlStore>(
    store: &S,
    ticket: &NewTicket,
    most_open: u32,
    job: &NewJob,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    texts::ticket(ticket)?;
    let size = ticket.body.len() as i64;
    let (body, _) = compress(ticket.body.clone()).await?;
    let notice = if ticket.callback.is_some() { TicketNotice::Waiting } else { TicketNotice::None };
    let mut write = store.write(&[Lock::Tickets]).await?;
    let values = values![
        &ticket.id,
        ticket.kind.name(),
        ticket.user_id,
        ticket.details.to_string(),
        body.as_slice(),
        size,
        &ticket.callback,
        notice.name(),
        now,
        ticket.expires_at,
        most_open,
    ];
    if write.run(S::TEXTS.tickets.open, &values).await? == 0 {
        write.rollback().await?;
        return Ok(false);
    }
    jobs::insert(&mut write, std::slice::from_ref(job), None, now).await?;
    write.commit().await?;
    Ok(true)
}

pub async fn end_ticket<S: SqlStore>(
    store: &S,
    id: &str,
    end: TicketEnd<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (status, message, answer) = match end {
        TicketEnd::Done(answer) => (TicketStatus::Done, None, answer),
        TicketEnd::Failed(message) => (TicketStatus::Failed, Some(message), &[][..]),
    };
    texts::key("the name of a ticket", id)?;
    texts::free("the message of a ticket", message.unwrap_or_default())?;
    let size = answer.len() as i64;
    let (answer, _) = compress(answer.to_vec()).await?;
    let mut write = store.write(&[]).await?;
    let values = values![id, status.name(), message, answer.as_slice(), size, now];
    let ended = write.run(S::TEXTS.tickets.end, &values).await?;
    write.commit().await?;
    Ok(ended > 0)
}

pub async fn note_notice<S: SqlStore>(
    store: &S,
    id: &str,
    notice: TicketNotice,
    message: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    texts::key("the name of a ticket", id)?;
    texts::free("the message of a notice", message.unwrap_or_default())?;
    let mut write = store.write(&[]).await?;
    let noted = write.run(S::TEXTS.tickets.note_notice, &values![id, notice.name(), message, now]).await?;
    write.commit().await?;
    Ok(noted > 0)
}

pub async fn purge_tickets<S: SqlStore>(store: &S, before: DateTime<Utc>) -> Result<u64, StoreError> {
    jobs::removed(store, S::TEXTS.tickets.purge, before).await
}

fn of_row(row: &impl Read) -> Result<Ticket, StoreError> {
    let details: &str = row.value(3)?;
    Ok(Ticket {
        id: row.value(0)?,
        kind: row.parsed(1)?,
        user_id: row.value(2)?,
        details: serde_json::from_str(details).map_err(corrupt)?,
        callback: row.value(4)?,
        status: row.parsed(5)?,
        message: row.value(6)?,
        created_at: row.time(7)?,
        ended_at: row.optional_time(8)?,
        expires_at: row.time(9)?,
        notice: row.parsed(10)?,
        notice_message: row.value(11)?,
        noticed_at: row.optional_time(12)?,
    })
}
