package dev.duet.hazelcast.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.map.IMap;
import dev.duet.hazelcast.HazelcastStore;
import dev.duet.hazelcast.Members;
import dev.duet.store.Content;
import dev.duet.store.Effect;
import dev.duet.store.LeaseReply;
import dev.duet.store.NamespaceConfig;
import dev.duet.store.Operation;
import dev.duet.store.Payload;
import dev.duet.store.PendingOperation;
import dev.duet.store.Reading;
import dev.duet.store.RecordKey;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PartitionProcessorIT {

    private static final NamespaceConfig CONFIG = new NamespaceConfig("steps", 1);
    private static final RecordKey KEY = CONFIG.recordKey("users", "a");
    private static final UUID OWNER = new UUID(1, 1);
    private static final Content CONTENT = new Content(Payload.of(new byte[] {1}), Content.FOREVER, 0);

    @RegisterExtension
    static final Members members = new Members(2);

    private static PartitionProcessor put(long request) {
        Step put = new Step.Execute(List.of(new Step.Call<>(KEY, new Operation.Put(CONTENT))));
        return new PartitionProcessor("steps", "n1", new Limits(0, 100), request, false, SeenHeads.NOTHING, put);
    }

    private static IMap<Integer, PartitionState> partitions(int member) {
        HazelcastStore.using(members.get(member)).open(CONFIG, "n" + member);
        return members.get(member).getMap("duet.steps");
    }

    @Test
    void step_thatIsSentAgain_isTakenOnce() {
        IMap<Integer, PartitionState> partitions = partitions(0);

        byte[] first = partitions.executeOnKey(0, put(7));
        byte[] again = partitions.executeOnKey(0, put(7));
        byte[] another = partitions.executeOnKey(0, put(8));

        assertThat(again).isEqualTo(first);
        assertThat(another).isNotEqualTo(first);
        assertThat(partitions.get(0).partition().changesAfter(0)).hasSize(2);
    }

    @Test
    void stepOfAsManyWritesAsThereMayBe_thatIsSentAgain_isTakenOnce() {
        List<Step.Call<?>> calls = new ArrayList<>();
        for (int i = 0; i < Step.Execute.MOST; i++) {
            calls.add(new Step.Call<>(
                    CONFIG.recordKey("users", "many" + i), new PendingOperation.Enqueue(CONTENT, true)));
        }
        PartitionProcessor many = new PartitionProcessor(
                "steps", "n1", new Limits(0, 1_000), 11, false, SeenHeads.NOTHING, new Step.Execute(calls));
        PartitionState state = state(1_000);

        process(many, state);
        long head = state.partition().head();
        process(many, state);

        assertThat(state.partition().changesAfter(head)).isEmpty();
    }

    @Test
    void backupThatMissedAChange_andHasBecomeThePartition_keepsNothingButWhatIsPending() {
        PartitionState backup = state(100);
        PartitionState partition = state(100);
        RecordKey pendingKey = CONFIG.recordKey("users", "pending");
        backup.follow(step(partition, KEY, new Operation.Put(CONTENT)));
        backup.follow(step(partition, pendingKey, new PendingOperation.Enqueue(CONTENT, true)));
        step(partition, CONFIG.recordKey("users", "b"), new Operation.Put(CONTENT)); // which it misses
        backup.follow(step(partition, CONFIG.recordKey("users", "c"), new Operation.Put(CONTENT)));
        long head = partition.partition().head();

        process(read(1), backup);

        assertThat(backup.isDamaged()).isFalse();
        assertThat(backup.partition().head()).isGreaterThan(head);
        assertThat(read(backup, KEY)).isNotInstanceOf(Reading.Hit.class);
        assertThat(read(backup, pendingKey)).isInstanceOf(Reading.Hit.class);
    }

    @Test
    void processor_thatIsRunTwice_givesTheBackupsWhatTheSecondRunDid() {
        PartitionProcessor processor = put(9);
        PartitionState state = state(100);

        process(processor, state);
        assertThat(processor.getBackupProcessor()).isNotNull();
        process(processor, state);

        assertThat(processor.getBackupProcessor())
                .as("the second run only repeats a reply")
                .isNull();
    }

    @Test
    void reader_ofAPartitionThatHasComeToTheMember_hasNoReplyBeforeTheProcessorHasLooked() {
        PartitionState state = state(100);
        step(state, KEY, new Operation.Put(CONTENT)); // on another member
        PartitionReader reader =
                new PartitionReader(new Step.Ask(Map.of(0, List.of(new Step.Call<>(KEY, new Operation.Read())))));
        reader.setHazelcastInstance(members.get(0));

        byte[] before = reader.process(new AbstractMap.SimpleEntry<>(0, state));
        process(put(12), state);
        byte[] after = reader.process(new AbstractMap.SimpleEntry<>(0, state));

        assertThat(before).isNull();
        assertThat(after).isNotNull();
    }

    @Test
    void reader_ofAnOperationThatWouldChangeSomething_doesNot_andLeavesIt() throws Exception {
        PartitionState state = state(100);
        process(put(13), state);
        List<Effect> image = state.partition().image();
        RecordKey missing = CONFIG.recordKey("users", "missing");
        PartitionReader reader = new PartitionReader(new Step.Ask(Map.of(
                0,
                List.of(
                        new Step.Call<>(missing, new Operation.Lease("l1", 1_000, 0)),
                        new Step.Call<>(KEY, new Operation.Lease("l2", 1_000, 0))),
                1,
                List.of(new Step.Call<>(new RecordKey(1, "users", "b"), new Operation.Read())))));
        reader.setHazelcastInstance(members.get(0));

        byte[] reply = reader.process(new AbstractMap.SimpleEntry<>(0, state));

        assertThat(state.partition().image()).isEqualTo(image);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(reply));
        assertThat(Wire.readNullable(in, Wire::readReply)).isNull();
        assertThat(Wire.readNullable(in, Wire::readReply)).isInstanceOf(LeaseReply.Refused.class);
        assertThat(in.available()).isZero();
    }

    private static PartitionState state(int maximumRecords) {
        return new PartitionState(new Limits(0, maximumRecords).partition(0), Clocks.OF_JVM, 1_000);
    }

    private static Batch step(PartitionState state, RecordKey key, Operation<?> operation) {
        List<Effect> effects = new ArrayList<>();
        long now = state.now();
        new Step.Call<>(key, operation).run(state.partition(), "n1", now, effects::add);
        return state.done(OWNER, now, ThreadLocalRandom.current().nextLong(), new byte[0], effects);
    }

    private static Reading read(PartitionState state, RecordKey key) {
        return state.partition().execute(key, new Operation.Read(), "n1", state.now(), effect -> {});
    }

    private static PartitionProcessor read(long request) {
        Step read = new Step.Execute(List.of(new Step.Call<>(KEY, new Operation.Read())));
        return new PartitionProcessor("steps", "n1", new Limits(0, 100), request, false, SeenHeads.NOTHING, read);
    }

    private static void process(PartitionProcessor processor, PartitionState state) {
        processor.setHazelcastInstance(members.get(0));
        processor.process(new AbstractMap.SimpleEntry<>(0, state));
    }
}
