package dev.duet;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The walls between the modules, over all production classes of Duet on the class path of this module.
 *
 * <p>Maven keeps a module from what it does not declare; these rules keep it from declaring it.
 */
@AnalyzeClasses(packages = "dev.duet", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** What the rules of this class look at; a rule over a module that is not there would hold for nothing. */
    @ArchTest
    static void classPath_always_holdsEveryModule(JavaClasses duet) {
        assertThat(duet.stream().map(ArchitectureTest::moduleOf).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("cache", "hazelcast", "local", "redis", "store", "sync", "testkit");
    }

    // Drivers and libraries: each is seen by one module.

    @ArchTest
    static final ArchRule redisson_isSeenBy_redisAlone = onlyIn("dev.duet.redis..", "org.redisson..");

    @ArchTest
    static final ArchRule hazelcast_isSeenBy_hazelcastAlone = onlyIn("dev.duet.hazelcast..", "com.hazelcast..");

    @ArchTest
    static final ArchRule caffeine_isSeenBy_localAlone = onlyIn("dev.duet.local..", "com.github.benmanes..");

    @ArchTest
    static final ArchRule jackson_isSeenBy_storeAlone =
            onlyIn("dev.duet.store..", "tools.jackson..", "com.fasterxml.jackson..");

    // Modules: what each sees of Duet.

    @ArchTest
    static final ArchRule local_sees_nothingOfDuet = seesOfDuetOnly("dev.duet.local..");

    @ArchTest
    static final ArchRule store_sees_nothingOfDuet = seesOfDuetOnly("dev.duet.store..");

    @ArchTest
    static final ArchRule sync_sees_storeAlone = seesOfDuetOnly("dev.duet.sync..", "dev.duet.store..");

    @ArchTest
    static final ArchRule redis_sees_storeAlone = seesOfDuetOnly("dev.duet.redis..", "dev.duet.store..");

    @ArchTest
    static final ArchRule hazelcast_sees_storeAlone = seesOfDuetOnly("dev.duet.hazelcast..", "dev.duet.store..");

    @ArchTest
    static void localSyncAndStore_areJoinedBy_cacheAlone(JavaClasses duet) {
        Set<String> joiners = duet.stream()
                .collect(Collectors.groupingBy(
                        ArchitectureTest::moduleOf,
                        Collectors.flatMapping(ArchitectureTest::modulesSeenBy, Collectors.toSet())))
                .entrySet()
                .stream()
                .filter(seen -> seen.getValue().containsAll(Set.of("local", "sync", "store")))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        assertThat(joiners).isSubsetOf("cache");
    }

    // Packages.

    @ArchTest
    static final ArchRule packages_have_noCycles =
            slices().matching("dev.duet.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule internals_areNamedBy_theirModuleAlone =
            classes().should(nameInternalsOfTheirOwnModuleAlone());

    @ArchTest
    static final ArchRule packages_are_nullMarked = classes().should(resideInANullMarkedPackage());

    // Habits.

    @ArchTest
    static final ArchRule standardStreams_areUsedBy_none = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule javaUtilLogging_isUsedBy_none =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..");

    private static ArchRule onlyIn(String module, String... libraries) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries);
    }

    private static ArchRule seesOfDuetOnly(String... modules) {
        return noClasses()
                .that()
                .resideInAPackage(modules[0])
                .should()
                .dependOnClassesThat(resideInAPackage("dev.duet..").and(resideOutsideOfPackages(modules)));
    }

    private static ArchCondition<JavaClass> nameInternalsOfTheirOwnModuleAlone() {
        return new ArchCondition<>("name internals of their own module alone") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                dependenciesOnDuet(type)
                        .filter(dependency -> isInternal(dependency.getTargetClass()))
                        .filter(dependency ->
                                !moduleOf(dependency.getTargetClass()).equals(moduleOf(type)))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
            }
        };
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is in a package without it"));
                }
            }
        };
    }

    private static Stream<Dependency> dependenciesOnDuet(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream()
                .filter(dependency -> resideInAPackage("dev.duet..").test(dependency.getTargetClass()));
    }

    private static Stream<String> modulesSeenBy(JavaClass type) {
        return dependenciesOnDuet(type).map(dependency -> moduleOf(dependency.getTargetClass()));
    }

    /** The first part of the package below the root; the root and its internals are the cache. */
    private static String moduleOf(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.", -1);
        return parts.length < 3 || parts[2].equals("internal") ? "cache" : parts[2];
    }

    private static boolean isInternal(JavaClass type) {
        return List.of(type.getPackageName().split("\\.", -1)).contains("internal");
    }
}
