package dev.duet;

import dev.duet.Accounts.Account;
import dev.duet.Accounts.End;
import dev.duet.redis.RedisStore;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;

/**
 * A node, in a process of its own, that transfers 10 from account 1 to account 2, and says how far it is: to be stopped or
 * killed. Arguments: the URI of Redis, the URL of PostgreSQL, and how long it works before and after it commits, in
 * milliseconds.
 */
final class TransferringNode {

    static final String ANNOUNCED = "announced";
    static final String COMMITTED = "committed";
    static final String CLOSED = "closed";

    private TransferringNode() {}

    public static void main(String[] arguments) throws Exception {
        Accounts database = new Accounts(arguments[1]);
        try (Duet duet = Duet.builder()
                .store(RedisStore.connect(arguments[0]))
                .storeTimeout(Duration.ofSeconds(10))
                .build()) {
            TwoLevelCache<Long, Account> accounts =
                    duet.cache("accounts", Long.class, Account.class).build();
            try (WriteIntent intent = accounts.beginWrite(List.of(1L, 2L))) {
                System.out.println(ANNOUNCED + " " + (intent != null));
                Thread.sleep(Long.parseLong(arguments[2]));
                database.transact(Connection.TRANSACTION_READ_COMMITTED, End.COMMIT, transaction -> {
                    Accounts.add(transaction, 1, -10);
                    Accounts.add(transaction, 2, 10);
                });
                System.out.println(COMMITTED);
                Thread.sleep(Long.parseLong(arguments[3]));
            }
            System.out.println(CLOSED);
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
